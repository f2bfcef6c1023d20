//! What an attachment really is: magic bytes and archive ratio.
