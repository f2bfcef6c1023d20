//! The forms end to end: posted through the distribution and the load balancer, stored,
//! delivered, reviewed.

mod bad_input;
mod intake;
mod visitor;
