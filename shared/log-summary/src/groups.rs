use std::collections::HashMap;

use foldhash::fast::RandomState;

use crate::SummaryRules;
use crate::rules::MAX_ROUTES;

/// The group of the paths for which there is no group left.
const OTHER_ROUTES: &str = "other";

/// Names of the groups of paths, numbered as they are met.
#[derive(Debug, Default)]
pub(crate) struct Groups {
    pub(crate) names: Vec<String>,
    places: HashMap<String, u8, RandomState>,
}

impl Groups {
    /// Beginning with those that are configured: who asks for many paths must not take their
    /// places.
    pub(crate) fn of(rules: &SummaryRules) -> Self {
        let mut groups = Self::default();
        for route in &rules.routes {
            groups.place(route.name.clone());
        }
        groups
    }

    pub(crate) fn place(&mut self, name: String) -> u8 {
        if let Some(place) = self.places.get(&name) {
            return *place;
        }
        let name = if self.names.len() + 1 >= MAX_ROUTES {
            OTHER_ROUTES.to_owned()
        } else {
            name
        };
        if let Some(place) = self.places.get(&name) {
            return *place;
        }
        // There are at most `MAX_ROUTES`.
        let place = u8::try_from(self.names.len()).unwrap_or(u8::MAX);
        self.names.push(name.clone());
        self.places.insert(name, place);
        place
    }
}
