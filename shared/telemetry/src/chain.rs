use std::error::Error;
use std::fmt;

/// Prints an error with all its causes, outermost first, joined by `: `.
///
/// Error messages of this workspace never contain their source, so this is the
/// one place where the whole story is put together.
pub struct Chain<'a>(pub &'a (dyn Error + 'static));

impl fmt::Display for Chain<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.0)?;
        let mut source = self.0.source();
        while let Some(cause) = source {
            write!(f, ": {cause}")?;
            source = cause.source();
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[derive(Debug)]
    struct Layer(&'static str, Option<Box<Self>>);

    impl fmt::Display for Layer {
        fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
            f.write_str(self.0)
        }
    }

    impl Error for Layer {
        fn source(&self) -> Option<&(dyn Error + 'static)> {
            self.1.as_deref().map(|layer| layer as _)
        }
    }

    #[test]
    fn prints_every_cause_once() {
        let error = Layer(
            "store the photo",
            Some(Box::new(Layer("connection refused", None))),
        );
        assert_eq!(
            Chain(&error).to_string(),
            "store the photo: connection refused"
        );
    }
}
