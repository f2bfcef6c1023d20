//! Everything that the picture shows.

use serde_json::Value;

use crate::PictureError;
use crate::edge::Edge;
use crate::function::{Function, functions};
use crate::instances::{Data, Tier, data, tiers};
use crate::kind::name_of;
use crate::listener::{Route, Target, routes};
use crate::resource::Resources;
use crate::svg;

/// What a render of the template is made of.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Architecture {
    pub(crate) edge: Edge,
    /// The port at which CloudFront asks the load balancer.
    pub(crate) port: u64,
    /// The load balancer's rules in the order in which they are tried; the last takes the rest.
    pub(crate) routes: Vec<Route>,
    pub(crate) tiers: Vec<Tier>,
    pub(crate) data: Vec<Data>,
    pub(crate) functions: Vec<Function>,
}

impl Architecture {
    /// Finds what the picture shows in a render, a template whose parameters, mappings and
    /// conditions are resolved.
    ///
    /// # Errors
    /// When there is no distribution or no load balancer, when a route leads to nothing that
    /// is known, and when nothing invokes a function.
    pub fn read(render: &Value) -> Result<Self, PictureError> {
        let resources = Resources::of(render)?;
        let edge = Edge::read(resources)?;
        let (balancer, port) = edge
            .balancer()
            .map(|(id, port)| (id.to_owned(), port))
            .ok_or_else(|| PictureError::missing("the distribution", "a load balancer"))?;
        let routes = routes(resources, &balancer, port)?;
        Ok(Self {
            tiers: tiers(resources, &balancer, &routes)?,
            data: data(resources),
            functions: functions(resources, &edge, &routes)?,
            edge,
            port,
            routes,
        })
    }

    /// Adds the functions that only deployments of another class have, with its name.
    pub fn add(&mut self, class: &str, other: &Self) {
        for function in &other.functions {
            if self
                .functions
                .iter()
                .all(|known| known.name != function.name)
            {
                self.functions.push(Function {
                    class: Some(class.to_owned()),
                    ..function.clone()
                });
            }
        }
    }

    /// The picture, as a file: light or dark as the reader's system is, text as text, no script
    /// and nothing from elsewhere.
    #[must_use]
    pub fn svg(&self) -> String {
        svg::draw(self)
    }

    /// A table in Markdown of who answers which path at the load balancer.
    #[must_use]
    pub fn routes(&self) -> String {
        let mut table = "| path | who answers |\n|---|---|\n".to_owned();
        for route in &self.routes {
            let paths: Vec<String> = route.paths.iter().map(|path| code(path)).collect();
            let target = match &route.to {
                Target::Function(id) => {
                    let name = name_of(id);
                    format!("[{name}](functions/{name}.md)")
                }
                Target::Instances(id) => format!("the instances of `{id}`"),
                Target::Status(status) => format!("the load balancer, with {status}"),
            };
            let sign_in = if route.needs_sign_in {
                ", once signed in"
            } else {
                ""
            };
            table.push_str(&format!("| {} | {target}{sign_in} |\n", paths.join(", ")));
        }
        table
    }
}

/// A path as code; what is no path as it is.
fn code(path: &str) -> String {
    if path.starts_with('/') {
        format!("`{path}`")
    } else {
        path.to_owned()
    }
}
