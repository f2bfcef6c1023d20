//! What delivering a submission takes: schedule, signatures, address rules, mail.
