//! What CloudFormation makes of a template for one deployment, without CloudFormation.
//!
//! Judges of templates read past conditions, mappings and parameters. A *render* has none of
//! them: it is the template with everything decided that is known before a resource exists.
//! What only AWS can tell, such as a bucket's name or a function's ARN, stays a reference to
//! the resource. It takes plain CloudFormation as JSON: SAM's own types and short forms such as
//! `!Ref` have to be translated before.
//!
//! | function | becomes |
//! |---|---|
//! | `Ref`, `Fn::Sub` of a parameter | its value |
//! | `Ref`, `Fn::GetAtt`, `Fn::Sub` of a resource | the same |
//! | `Fn::If` | the branch taken; `AWS::NoValue` takes its property or element away |
//! | `Fn::FindInMap`, `Fn::Select`, `Fn::Split`, `Fn::Join`, `Fn::Cidr`, `Fn::GetAZs` | the result, where all it needs is known |
//! | `Fn::Base64`, `Fn::ImportValue` | the same around what is known of the argument |
//!
//! Reference: <https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/intrinsic-function-reference.html>.

mod conditions;
mod deployment;
mod error;
mod functions;
mod network;
mod parameters;
mod place;
pub mod read;
mod references;
mod resources;
mod scope;
mod substitution;
mod values;

pub use deployment::Deployment;
pub use error::{Problem, RenderError};

use serde_json::{Map, Value};

use crate::place::Place;
use crate::scope::Scope;

/// Renders a template for a deployment: its version, description, resources and outputs.
///
/// # Errors
/// When CloudFormation would not take the parameters or not understand the template, and when
/// something that this deployment has refers to something that it has not.
pub fn render(template: &Value, deployment: &Deployment) -> Result<Value, RenderError> {
    let scope = Scope::new(template, deployment)?;
    let mut render = Map::new();
    for name in ["AWSTemplateFormatVersion", "Description"] {
        if let Some(value) = template.get(name) {
            render.insert(name.to_owned(), value.clone());
        }
    }
    let resources = resources::resources(&scope)?;
    render.insert("Resources".to_owned(), Value::Object(resources));
    let outputs = resources::outputs(&scope, template)?;
    render.insert("Outputs".to_owned(), Value::Object(outputs));
    references::check(&render, &scope)?;
    Ok(Value::Object(render))
}

/// The conditions of a template and which of them hold in a deployment.
///
/// # Errors
/// As [`render`], but for what resources and outputs have.
pub fn conditions(
    template: &Value,
    deployment: &Deployment,
) -> Result<std::collections::BTreeMap<String, bool>, RenderError> {
    Ok(Scope::new(template, deployment)?.into_conditions())
}

/// A top-level section of a template, and its place.
fn section<'t>(
    template: &'t Value,
    name: &'static str,
) -> (Option<&'t Map<String, Value>>, Place<'static>) {
    (
        template.get(name).and_then(Value::as_object),
        Place::root(name),
    )
}

#[cfg(test)]
mod tests;
