//! Lambda function that shows forms and accepts submissions.
