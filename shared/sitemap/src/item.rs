use std::ops::ControlFlow;

use quick_xml::events::BytesStart;

use crate::date::w3c_ms;
use crate::delivery::Delivery;
use crate::entry::priority;
use crate::tag::{Link, link};
use crate::{BadReason, ChangeFrequency, Child, Entry, Fault, Limit, Page};

/// The most bytes of a field that is no location.
const FIELD_BYTES: usize = 128;

/// An entry of an XML sitemap while it is read.
pub(crate) struct Item {
    is_page: bool,
    page: Page,
    field: Option<Field>,
    location: Text,
    value: Text,
    has_location: bool,
    flaw: Option<BadReason>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Field {
    Location,
    LastModified,
    Priority,
    ChangeFrequency,
}

impl Field {
    fn named(name: &str, is_page: bool) -> Option<Self> {
        match name {
            "loc" => Some(Self::Location),
            "lastmod" => Some(Self::LastModified),
            "priority" if is_page => Some(Self::Priority),
            "changefreq" if is_page => Some(Self::ChangeFrequency),
            _ => None,
        }
    }
}

/// The text of a field, as far as it may matter.
struct Text {
    text: String,
    max: usize,
    is_cut: bool,
}

impl Text {
    const fn new(max: usize) -> Self {
        Self {
            text: String::new(),
            max,
            is_cut: false,
        }
    }

    fn push(&mut self, part: &str) {
        let part = if self.text.is_empty() {
            part.trim_start()
        } else {
            part
        };
        let room = self.max - self.text.len();
        let kept = part.floor_char_boundary(room);
        self.text.push_str(&part[..kept]);
        self.is_cut |= !part[kept..].trim_end().is_empty();
    }

    fn clear(&mut self) {
        self.text.clear();
        self.is_cut = false;
    }
}

impl Item {
    pub(crate) fn new(is_page: bool, max_location_chars: usize) -> Self {
        Self {
            is_page,
            page: Page::default(),
            field: None,
            // The longest location in the longest characters.
            location: Text::new(max_location_chars.saturating_mul(4)),
            value: Text::new(FIELD_BYTES),
            has_location: false,
            flaw: None,
        }
    }

    /// Begins a field. `is_ours` says that its element is of the protocol's namespace.
    pub(crate) fn open<F: FnMut(Entry) -> ControlFlow<()>>(
        &mut self,
        tag: &BytesStart<'_>,
        is_ours: bool,
        delivery: &mut Delivery<'_, F>,
    ) -> Result<(), Fault> {
        let name = tag.local_name();
        let name = name.as_ref();
        self.value.clear();
        self.field = Field::named(name, self.is_page).filter(|_| is_ours);
        if self.field == Some(Field::Location) && std::mem::replace(&mut self.has_location, true) {
            self.flaw.get_or_insert(BadReason::Several);
            self.field = None;
        }
        // Its namespace is written in several ways.
        if name == "link" && self.is_page {
            self.add_link(tag, delivery)?;
        }
        Ok(())
    }

    fn add_link<F: FnMut(Entry) -> ControlFlow<()>>(
        &mut self,
        tag: &BytesStart<'_>,
        delivery: &mut Delivery<'_, F>,
    ) -> Result<(), Fault> {
        let mut alternate = match link(tag) {
            Link::Alternate(alternate) => alternate,
            Link::Other => return Ok(()),
            Link::Bad => {
                delivery.totals.bad_alternates += 1;
                return Ok(());
            }
        };
        let max = delivery.options.limits.max_alternates;
        if self.page.alternates.len() >= max {
            return Err(Limit::Alternates.exceeded(max));
        }
        match delivery.judge(&alternate.location) {
            Ok(location) => {
                alternate.location = location.to_owned();
                self.page.alternates.push(alternate);
            }
            Err(_) => delivery.totals.bad_alternates += 1,
        }
        Ok(())
    }

    /// An element within a field.
    pub(crate) fn open_within(&mut self) {
        if self.field == Some(Field::Location) {
            self.flaw.get_or_insert(BadReason::Invalid);
        }
    }

    /// Some text of the field. `is_bad` says that a reference in it means nothing.
    pub(crate) fn text(&mut self, text: &str, is_bad: bool) {
        match self.field {
            Some(Field::Location) => {
                self.location.push(text);
                if is_bad {
                    self.flaw.get_or_insert(BadReason::Entity);
                }
            }
            Some(_) => self.value.push(text),
            None => {}
        }
    }

    /// Ends a field.
    pub(crate) fn close<F: FnMut(Entry) -> ControlFlow<()>>(
        &mut self,
        delivery: &mut Delivery<'_, F>,
    ) {
        let value = self.value.text.trim_end();
        let page = &mut self.page;
        let is_read = match self.field.take() {
            None | Some(Field::Location) => return,
            // Nothing is said.
            Some(_) if value.is_empty() => return,
            Some(_) if self.value.is_cut => false,
            Some(Field::LastModified) => {
                page.last_modified_ms = w3c_ms(value);
                page.last_modified_ms.is_some()
            }
            Some(Field::Priority) => {
                page.priority = priority(value);
                page.priority.is_some()
            }
            Some(Field::ChangeFrequency) => {
                page.change_frequency = ChangeFrequency::named(value);
                page.change_frequency.is_some()
            }
        };
        delivery.totals.bad_fields += u64::from(!is_read);
    }

    /// Ends the entry: it is handed over, or counted.
    pub(crate) fn finish<F: FnMut(Entry) -> ControlFlow<()>>(
        mut self,
        delivery: &mut Delivery<'_, F>,
    ) {
        let location = match self.flaw {
            Some(flaw) => Err(flaw),
            None if self.location.is_cut => Err(BadReason::TooLong),
            None => delivery.judge(&self.location.text),
        };
        match location {
            Ok(location) => {
                self.page.location = location.to_owned();
                delivery.hand_over(self.entry());
            }
            Err(reason) => delivery.bad(reason, &self.location.text),
        }
    }

    fn entry(self) -> Entry {
        if self.is_page {
            return Entry::Page(self.page);
        }
        Entry::Sitemap(Child {
            location: self.page.location,
            last_modified_ms: self.page.last_modified_ms,
        })
    }
}
