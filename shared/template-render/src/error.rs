//! What keeps a template from being rendered.

use crate::place::Place;

/// A problem, and where it is.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{place}: {problem}")]
pub struct RenderError {
    /// Path in the template, such as `Resources.Queue.Properties.Tags[0]`.
    pub place: String,
    /// What is wrong there.
    pub problem: Problem,
}

/// What can be wrong at a place.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum Problem {
    /// The deployment gives a parameter that the template does not have.
    #[error("the template has no such parameter")]
    UnknownParameter,
    /// A parameter without default that the deployment does not give.
    #[error("no value is given and there is no default")]
    MissingParameter,
    /// A value that `AllowedValues`, `AllowedPattern` or a limit refuses.
    #[error("{value:?} is refused: {constraint}")]
    RefusedParameter {
        /// The value.
        value: String,
        /// The template's `ConstraintDescription`, or the limit itself.
        constraint: String,
    },
    /// The deployment does not say what is in an SSM parameter.
    #[error("the deployment does not say what the SSM parameter {0} holds")]
    UnknownSsmParameter(String),
    /// An assertion of a rule does not hold.
    #[error("the rule forbids it: {0}")]
    RuleViolated(String),
    /// Not a valid pattern.
    #[error("not a pattern: {0}")]
    Pattern(String),
    /// A condition that the template does not have.
    #[error("no condition {0}")]
    UnknownCondition(String),
    /// A condition that depends on itself.
    #[error("the condition depends on itself")]
    CircularCondition,
    /// A condition on something that is known only once it is deployed.
    #[error("a condition cannot depend on what is known only when it is deployed")]
    Undecidable,
    /// No such entry in the mappings.
    #[error("no entry {0} in the mappings")]
    UnknownMapping(String),
    /// A name that is neither parameter nor resource.
    #[error("{0} is neither a parameter nor a resource")]
    UnknownName(String),
    /// A resource that the template has and this deployment has not.
    #[error("refers to {0}, which this deployment does not have")]
    Dangling(String),
    /// A function that is not rendered.
    #[error("{0} is not supported")]
    UnsupportedFunction(String),
    /// A function with arguments that it does not take.
    #[error("{function} takes {expected}")]
    Arguments {
        /// The function.
        function: &'static str,
        /// What it takes.
        expected: &'static str,
    },
}

impl Problem {
    /// The error of this problem at a place.
    pub(crate) fn at(self, place: &Place<'_>) -> RenderError {
        RenderError {
            place: place.to_string(),
            problem: self,
        }
    }
}
