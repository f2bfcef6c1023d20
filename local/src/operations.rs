//! Starts what is done to a deployed site: the crate `operate`, which needs the AWS SDK and is
//! therefore built only when somebody asks for it.

use std::ffi::OsString;
use std::os::unix::process::CommandExt;
use std::process::Command;

use anyhow::Error;

use crate::machine;

/// Becomes `operate`, with this command and these arguments. Comes back only with the reason why
/// it could not.
#[must_use]
pub fn operate(command: &str, arguments: &[OsString]) -> Error {
    let error = Command::new(machine::cargo())
        .args(["run", "--locked", "--package", "operate", "--manifest-path"])
        .arg(machine::repository().join("Cargo.toml"))
        .args(["--", command])
        .args(arguments)
        .exec();
    Error::new(error).context(format!("start cargo for {command}"))
}
