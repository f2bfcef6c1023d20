//! Lambda function that checks and cleans attachments.
