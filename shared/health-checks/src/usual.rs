//! What need not be written, as it holds anyway.

/// Whether a value is the one that is read where there is none.
pub(crate) fn is_usual<T: Default + PartialEq>(value: &T) -> bool {
    *value == T::default()
}
