use std::borrow::Cow;
use std::collections::BTreeMap;

use crate::{ClientStats, Frequent, Merge, Network, Window};

/// What the networks of each operator did in a window, by the number of its autonomous system.
/// An operator's flood comes from many networks, none of which stands high by itself.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct OperatorSums {
    /// Of [`Window::clients`].
    pub clients: BTreeMap<u32, ClientStats>,
    /// Of [`Window::suspects`].
    pub suspects: BTreeMap<u32, ClientStats>,
}

impl Window {
    /// What the networks of each operator did, as far as the log says whose they are.
    #[must_use]
    pub fn by_operator(&self) -> Cow<'_, OperatorSums> {
        match &self.operators {
            Some(sums) => Cow::Borrowed(sums),
            None => Cow::Owned(OperatorSums {
                clients: add_up(&self.clients),
                suspects: add_up(&self.suspects),
            }),
        }
    }
}

fn add_up(networks: &Frequent<Network, ClientStats>) -> BTreeMap<u32, ClientStats> {
    let mut sums: BTreeMap<u32, ClientStats> = BTreeMap::new();
    for (_, _, client) in networks.ranking() {
        if let Some(asn) = client.asn {
            sums.entry(asn)
                .and_modify(|sum| sum.merge(client))
                .or_insert_with(|| client.clone());
        }
    }
    sums
}
