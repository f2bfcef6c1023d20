/// One value of a row.
#[derive(Clone, Copy)]
pub enum Cell<'a> {
    /// A moment, in milliseconds since 1970.
    Time(i64),
    /// Bytes, which are text where they are UTF-8; others become `�`.
    Text(&'a [u8]),
    /// What a text becomes before it is kept, which must depend on nothing else.
    Derived {
        /// The text as it came.
        raw: &'a [u8],
        /// Appends what it becomes.
        derive: &'a dyn Fn(&[u8], &mut Vec<u8>),
    },
    /// A whole number.
    Count(i64),
    /// A whole number, or none.
    Whole(Option<i64>),
    /// A number, or none.
    Number(Option<f64>),
    /// Yes or no.
    Flag(bool),
}
