#![doc = "To be written."]
