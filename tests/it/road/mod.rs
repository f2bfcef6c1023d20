//! The whole road: edge, CloudFront, load balancer, reverse proxy, web servers, and what
//! they keep their pages in.

pub(crate) mod editor;
mod failures;
mod journey;
mod pages;
mod publishing;
