// Makes the whole page a place to drop photos on. The form works without this.
const form = document.querySelector("form.drop");
if (form) {
  const input = form.querySelector("input[type=file]");
  const mark = (on) => form.classList.toggle("over", on);
  addEventListener("dragover", (event) => { event.preventDefault(); mark(true); });
  addEventListener("dragleave", (event) => { if (!event.relatedTarget) mark(false); });
  addEventListener("drop", (event) => {
    event.preventDefault();
    mark(false);
    if (event.dataTransfer.files.length === 0) return;
    input.files = event.dataTransfer.files;
    form.requestSubmit();
  });
  form.addEventListener("submit", () => {
    form.querySelector("button").disabled = true;
    form.querySelector("#notice").textContent = "Uploading …";
  });
}
