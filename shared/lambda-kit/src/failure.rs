use std::fmt;

use lambda_runtime::Diagnostic;
use telemetry::Chain;

use crate::Classified;

/// A [`Classified`] error on its way to the Lambda runtime: the diagnostic's
/// type is the error's code and its message the whole cause chain.
///
/// The runtime's own conversion keeps only the outermost message and names the
/// Rust type, which an alarm or a retry policy cannot rely on.
pub struct Failure(Box<dyn Classified>);

impl<E: Classified> From<E> for Failure {
    fn from(error: E) -> Self {
        Self(Box::new(error))
    }
}

impl fmt::Debug for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.0.code(), Chain(&*self.0))
    }
}

impl From<Failure> for Diagnostic {
    fn from(failure: Failure) -> Self {
        Self {
            error_type: failure.0.code().to_owned(),
            error_message: Chain(&*failure.0).to_string(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ErrorClass;

    #[derive(Debug, thiserror::Error)]
    #[error("put the object `a.jpg`")]
    struct Put(#[source] std::io::Error);

    impl Classified for Put {
        fn class(&self) -> ErrorClass {
            ErrorClass::Transient
        }

        fn code(&self) -> &'static str {
            "store.put"
        }
    }

    #[test]
    fn tells_lambda_the_code_and_every_cause() {
        let failure = Failure::from(Put(std::io::Error::other("connection refused")));
        let diagnostic = Diagnostic::from(failure);
        assert_eq!(diagnostic.error_type, "store.put");
        assert_eq!(
            diagnostic.error_message,
            "put the object `a.jpg`: connection refused"
        );
    }
}
