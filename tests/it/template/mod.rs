//! The template against the code: what CloudFormation cannot check. What must hold of the template by
//! itself is in `shared/template-rules`.

mod alarms;
mod neighbours;
mod picture;
mod variables;

use std::path::Path;

pub(crate) fn template() -> String {
    std::fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("../template.yaml")).unwrap()
}

/// The lines of a top-level resource.
pub(crate) fn resource(name: &str) -> String {
    let template = template();
    let mut lines = template
        .lines()
        .skip_while(|line| *line != format!("  {name}:"));
    let head = lines.next().unwrap_or_else(|| panic!("no resource {name}"));
    let body = lines.take_while(|line| line.is_empty() || line.starts_with("    "));
    std::iter::once(head)
        .chain(body)
        .collect::<Vec<_>>()
        .join("\n")
}

/// The part of a resource from one property to the next of the same depth.
pub(crate) fn property(resource: &str, name: &str) -> String {
    let lines = resource.lines();
    let start = format!("      {name}:");
    let mut lines = lines.skip_while(|line| !line.starts_with(&start));
    let head = lines.next().unwrap_or_default();
    let body = lines.take_while(|line| line.starts_with("       ") || line.trim().is_empty());
    std::iter::once(head)
        .chain(body)
        .collect::<Vec<_>>()
        .join("\n")
}

/// The names of the resources of a type.
pub(crate) fn resources_of(kind: &str) -> Vec<String> {
    let template = template();
    let lines: Vec<&str> = template.lines().collect();
    let pairs = lines.windows(2);
    pairs
        .filter(|pair| pair[1].trim() == format!("Type: {kind}"))
        .map(|pair| pair[0].trim().trim_end_matches(':').to_owned())
        .collect()
}

#[test]
fn every_function_folder_has_its_resource_and_its_page() {
    let template = template();
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
    for entry in std::fs::read_dir(root.join("functions")).unwrap() {
        let name = entry.unwrap().file_name().into_string().unwrap();
        assert_eq!(
            template.matches(&format!("Binary: {name}}}")).count(),
            1,
            "{name}"
        );
        let page = root.join(format!("docs/functions/{name}.md"));
        assert!(page.is_file(), "{}", page.display());
    }
}

#[test]
fn the_edge_knows_the_options_in_canonical_order() {
    let edge = resource("ImageRequest");
    let start = edge.find("const ORDER = [").unwrap() + "const ORDER = [".len();
    let order = &edge[start..start + edge[start..].find(']').unwrap()];
    let names: Vec<&str> = order
        .split(',')
        .map(|name| name.trim().trim_matches('\''))
        .collect();
    let all = format!(
        "w=1,h=1,fit=cover,g=n,dpr=2,f=png,q=1,bg=000000,blur=1,sharpen=1,wm=n,anim=1,enlarge=1,meta=none,fb=1,v=1,exp=1,s={},p=a",
        "A".repeat(43)
    );
    let options = image_request::Options::parse(&all).unwrap().to_string();
    let canonical: Vec<&str> = options
        .split(',')
        .map(|option| option.split('=').next().unwrap())
        .collect();
    assert_eq!(names, canonical);
}
