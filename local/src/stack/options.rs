use std::path::PathBuf;

use crate::machine;
use crate::ports::Ports;
use crate::proxy::Limits;

/// How a stack is started.
#[derive(Debug, Clone)]
pub struct StackOptions {
    /// Where it listens.
    pub ports: Ports,
    /// Directory of its state and logs; one running stack has it for itself.
    pub state_dir: PathBuf,
    /// Whether the sample photos are uploaded and waited for.
    pub samples: bool,
    /// What one client address may ask of the reverse proxy.
    pub limits: Limits,
}

impl Default for StackOptions {
    /// Port 8080, `.local/` in the repository, with samples.
    fn default() -> Self {
        Self {
            ports: Ports::From(8080),
            state_dir: machine::repository().join(".local"),
            samples: true,
            limits: Limits::AsDeployed,
        }
    }
}

impl StackOptions {
    /// Free ports, the state directory `name` below cargo's target directory, no samples.
    #[must_use]
    pub fn for_tests(name: &str) -> Self {
        Self {
            ports: Ports::Free,
            state_dir: machine::target_dir().join("tmp").join(name),
            samples: false,
            limits: Limits::Raised,
        }
    }
}
