//! Forms as accessible HTML pages that work without JavaScript.
