#![doc = "To be written."]
fn main() {}
