//! Form definitions: fields as JSON Schema, presentation, spam, retention, delivery.
