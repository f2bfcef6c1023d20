//! The codecs from outside: what is written can be read, and nothing hostile gets in.

#[cfg(test)]
mod animations;
#[cfg(test)]
mod fixtures;
#[cfg(test)]
mod hostile;
#[cfg(test)]
mod jpeg;
#[cfg(test)]
mod limits;
#[cfg(test)]
mod outputs;
#[cfg(test)]
mod stills;
