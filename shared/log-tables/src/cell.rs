/// One value of a row.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Cell<'a> {
    /// A moment, in milliseconds since 1970.
    Time(i64),
    /// Bytes, which are text where they are UTF-8; others become `�`.
    Text(&'a [u8]),
    /// A whole number, or none.
    Whole(Option<i64>),
    /// A number, or none.
    Number(Option<f64>),
    /// Yes or no.
    Flag(bool),
}
