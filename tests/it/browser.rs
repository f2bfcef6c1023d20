//! A headless Chromium, driven over WebDriver (<https://www.w3.org/TR/webdriver2/>).

use std::io::{BufRead, BufReader};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::sync::OnceLock;
use std::time::{Duration, Instant};

use serde_json::{Value, json};

use crate::harness::stack;

/// The key under which WebDriver answers name an element.
const ELEMENT: &str = "element-6066-11e4-a52e-4f735466cecf";

/// Longest wait for what the page shows by itself: the machine may be busy.
const PATIENCE: Duration = Duration::from_secs(90);

/// Starts of the driver until it finds a port.
const DRIVER_TRIES: u32 = 5;

/// One browser with a fresh profile. Dropping it ends it.
pub(crate) struct Browser {
    driver: Child,
    session: String,
    _profile: tempfile::TempDir,
}

/// An element of the page that was shown when it was found.
pub(crate) struct Element(String);

impl Browser {
    /// Starts Chromium; `javascript` says whether pages may run scripts.
    pub(crate) fn start(javascript: bool) -> Self {
        // The stack comes first: it installs the browser where there is none.
        let _site = stack();
        let (driver, port) = start_driver();
        let profile = tempfile::tempdir().unwrap();
        let capabilities = capabilities(profile.path().to_str().unwrap(), javascript);
        let base = format!("http://127.0.0.1:{port}/session");
        let mut browser = Self {
            driver,
            session: base.clone(),
            _profile: profile,
        };
        let answer = browser.post(
            "",
            &json!({ "capabilities": { "alwaysMatch": capabilities } }),
        );
        browser.session = format!("{base}/{}", answer["sessionId"].as_str().unwrap());
        browser
    }

    /// Makes the window this large, in CSS pixels.
    pub(crate) fn resize(&self, width: u32, height: u32) {
        self.post("/window/rect", &json!({ "width": width, "height": height }));
    }

    pub(crate) fn open(&self, url: &str) {
        self.post("/url", &json!({ "url": url }));
    }

    /// The first element that a CSS selector matches, as soon as there is one.
    pub(crate) fn wait_for(&self, selector: &str) -> Element {
        let started = Instant::now();
        loop {
            if let Some(element) = self.find(selector) {
                return element;
            }
            let page = self.get("/source");
            assert!(
                started.elapsed() < PATIENCE,
                "waited {PATIENCE:?} for {selector} in {page}"
            );
            std::thread::sleep(Duration::from_millis(100));
        }
    }

    /// Waits until the first element that a CSS selector matches holds a text.
    pub(crate) fn wait_for_text(&self, selector: &str, text: &str) {
        let started = Instant::now();
        loop {
            // The page may go away between the two questions.
            let found = self.find(selector).and_then(|element| {
                let path = format!("/element/{}/text", element.0);
                let shown = self.send_get(&path).ok()?;
                shown.as_str().map(str::to_owned)
            });
            if found.as_ref().is_some_and(|found| found.contains(text)) {
                return;
            }
            assert!(
                started.elapsed() < PATIENCE,
                "waited {PATIENCE:?} for {selector} to say {text}, it says {found:?}"
            );
            std::thread::sleep(Duration::from_millis(100));
        }
    }

    /// The first element that a CSS selector matches now.
    pub(crate) fn find(&self, selector: &str) -> Option<Element> {
        let body = json!({ "using": "css selector", "value": selector });
        let found = self
            .send(ureq::post(self.address("/elements")), &body)
            .ok()?;
        Some(Element(found[0][ELEMENT].as_str()?.to_owned()))
    }

    pub(crate) fn click(&self, element: &Element) {
        self.post(&format!("/element/{}/click", element.0), &json!({}));
    }

    /// Empties a field.
    pub(crate) fn clear(&self, element: &Element) {
        self.post(&format!("/element/{}/clear", element.0), &json!({}));
    }

    /// Runs a script in the page.
    pub(crate) fn run(&self, script: &str) {
        self.post("/execute/sync", &json!({ "script": script, "args": [] }));
    }

    /// Runs a script in the page and returns what it gives to its first argument.
    pub(crate) fn run_async(&self, script: &str) -> Value {
        self.post("/execute/async", &json!({ "script": script, "args": [] }))
    }

    /// Types into an element; a file input takes a path.
    pub(crate) fn type_into(&self, element: &Element, text: &str) {
        self.post(
            &format!("/element/{}/value", element.0),
            &json!({ "text": text }),
        );
    }

    /// The text that a person sees.
    pub(crate) fn text(&self, element: &Element) -> String {
        self.get(&format!("/element/{}/text", element.0))
            .as_str()
            .unwrap()
            .to_owned()
    }

    /// What assistive technology calls the element.
    pub(crate) fn accessible_name(&self, element: &Element) -> String {
        self.get(&format!("/element/{}/computedlabel", element.0))
            .as_str()
            .unwrap()
            .to_owned()
    }

    /// A property of the element's DOM object.
    pub(crate) fn property(&self, element: &Element, name: &str) -> Value {
        self.get(&format!("/element/{}/property/{name}", element.0))
    }

    fn address(&self, path: &str) -> String {
        format!("{}{path}", self.session)
    }

    fn get(&self, path: &str) -> Value {
        self.send_get(path).unwrap()
    }

    fn send_get(&self, path: &str) -> Result<Value, String> {
        let answer = ureq::get(self.address(path)).call();
        let mut answer = answer.map_err(|error| error.to_string())?;
        value_of(answer.body_mut())
    }

    fn post(&self, path: &str, body: &Value) -> Value {
        self.send(ureq::post(self.address(path)), body).unwrap()
    }

    fn send(
        &self,
        request: ureq::RequestBuilder<ureq::typestate::WithBody>,
        body: &Value,
    ) -> Result<Value, String> {
        let mut answer = request
            .config()
            .http_status_as_error(false)
            .build()
            .send(body.to_string())
            .map_err(|error| error.to_string())?;
        let value = value_of(answer.body_mut())?;
        if answer.status().is_success() {
            Ok(value)
        } else {
            Err(value.to_string())
        }
    }
}

/// What a WebDriver answer holds.
fn value_of(body: &mut ureq::Body) -> Result<Value, String> {
    let text = body.read_to_string().map_err(|error| error.to_string())?;
    let mut answer: Value = serde_json::from_str(&text).map_err(|error| error.to_string())?;
    Ok(answer["value"].take())
}

impl Drop for Browser {
    fn drop(&mut self) {
        // Ends Chromium; then its driver.
        let _ = ureq::delete(&self.session).call();
        let _ = self.driver.kill();
        let _ = self.driver.wait();
    }
}

/// Starts the driver on a port that is free. It takes one of IPv4 and then asks for the same
/// of IPv6, which something else may hold: then it ends, and the next try has another.
fn start_driver() -> (Child, u16) {
    for _ in 0..DRIVER_TRIES {
        let mut driver = Command::new("setpriv")
            .args(["--pdeathsig", "KILL", "--", "chromedriver", "--port=0"])
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .expect("chromedriver starts; `cargo run -- setup --tests` installs it");
        if let Some(port) = port_of(&mut driver) {
            return (driver, port);
        }
        driver.wait().unwrap();
    }
    panic!("chromedriver found no port in {DRIVER_TRIES} tries");
}

/// The port in the driver's greeting; `None` when it ended without one.
fn port_of(driver: &mut Child) -> Option<u16> {
    let output = BufReader::new(driver.stdout.take().unwrap());
    output.lines().map_while(Result::ok).find_map(|line| {
        line.split("successfully on port ")
            .nth(1)?
            .trim_end_matches('.')
            .parse()
            .ok()
    })
}

fn capabilities(profile: &str, javascript: bool) -> Value {
    let arguments = [
        "--headless=new",
        // Chromium has no sandbox for root, as whom CI runs.
        "--no-sandbox",
        "--disable-gpu",
        "--disable-quic",
        "--disable-dev-shm-usage",
        "--no-first-run",
        "--disable-background-networking",
        "--disable-component-update",
        "--disable-sync",
        &format!("--user-data-dir={profile}"),
    ];
    // 1 allows and 2 blocks: https://chromeenterprise.google/policies/#DefaultJavaScriptSetting
    let setting = if javascript { 1 } else { 2 };
    json!({
        "browserName": "chrome",
        "goog:chromeOptions": {
            "args": arguments,
            "prefs": { "profile.managed_default_content_settings.javascript": setting },
        },
    })
}

/// The axe-core engine that `tests/axe/package-lock.json` pins.
fn axe() -> &'static str {
    static AXE: OnceLock<String> = OnceLock::new();
    AXE.get_or_init(|| {
        let node = stack().tools().node_bin().unwrap();
        let dir = Path::new(env!("CARGO_TARGET_TMPDIR")).join("axe");
        std::fs::create_dir_all(&dir).unwrap();
        for file in ["package.json", "package-lock.json"] {
            let from = Path::new(env!("CARGO_MANIFEST_DIR")).join("axe").join(file);
            std::fs::copy(from, dir.join(file)).unwrap();
        }
        let npm = node.join("../lib/node_modules/npm/bin/npm-cli.js");
        let status = Command::new(node.join("node"))
            .arg(npm)
            .args(["ci", "--ignore-scripts", "--no-audit", "--no-fund"])
            .current_dir(&dir)
            .status()
            .unwrap();
        assert!(status.success(), "npm ci: {status}");
        std::fs::read_to_string(dir.join("node_modules/axe-core/axe.min.js")).unwrap()
    })
}

/// Fails with what axe-core finds on the page that is shown.
pub(crate) fn check_accessibility(browser: &Browser, page: &str) {
    let script = format!(
        "{}; const done = arguments[0]; axe.run().then(found => done(found.violations));",
        axe()
    );
    let violations = browser.run_async(&script);
    assert_eq!(violations, json!([]), "axe-core found violations on {page}");
}
