//! Lambda function for the site's owner: read, export, replay and erase submissions.
