//! The site's own forms and mail templates, compiled in.
