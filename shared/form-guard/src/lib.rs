//! Signed tokens, proof of work and the spam score.
