//! Reading a TOML table key by key, keeping every fault with its line.

use std::cell::RefCell;
use std::ops::{Range, RangeInclusive};

use toml::Spanned;
use toml::de::{DeTable, DeValue};

use crate::Fault;

/// The faults of one file, and how byte offsets become lines.
pub(crate) struct Faults<'a> {
    text: &'a str,
    list: RefCell<Vec<Fault>>,
}

impl<'a> Faults<'a> {
    pub(crate) const fn new(text: &'a str) -> Self {
        Self {
            text,
            list: RefCell::new(Vec::new()),
        }
    }

    pub(crate) fn add(&self, at: &Range<usize>, path: &str, problem: impl Into<String>) {
        let before = self.text.get(..at.start).unwrap_or(self.text);
        self.list.borrow_mut().push(Fault {
            line: before.matches('\n').count() + 1,
            path: path.to_owned(),
            problem: problem.into(),
        });
    }

    /// All faults, by line.
    pub(crate) fn into_list(self) -> Vec<Fault> {
        let mut list = self.list.into_inner();
        list.sort_by_key(|fault| fault.line);
        list
    }
}

/// One table of the file. Keys that nobody asked for are faults, see [`Section::finish`].
pub(crate) struct Section<'a> {
    faults: &'a Faults<'a>,
    path: String,
    span: Range<usize>,
    table: &'a DeTable<'a>,
    asked: RefCell<Vec<&'static str>>,
}

impl<'a> Section<'a> {
    pub(crate) fn new(
        faults: &'a Faults<'a>,
        path: impl Into<String>,
        table: &'a DeTable<'a>,
        span: Range<usize>,
    ) -> Self {
        Self {
            faults,
            path: path.into(),
            span,
            table,
            asked: RefCell::new(Vec::new()),
        }
    }

    /// A fault of the table as a whole.
    pub(crate) fn fault(&self, problem: impl Into<String>) {
        self.faults.add(&self.span, &self.path, problem);
    }

    /// A fault of one key, at its value if it is there.
    pub(crate) fn fault_at(&self, key: &str, problem: impl Into<String>) {
        let span = self
            .entry(key)
            .map_or_else(|| self.span.clone(), Spanned::span);
        self.faults.add(&span, &self.join(key), problem);
    }

    pub(crate) fn join(&self, key: &str) -> String {
        if self.path.is_empty() {
            key.to_owned()
        } else {
            format!("{}.{key}", self.path)
        }
    }

    pub(crate) fn has(&self, key: &str) -> bool {
        self.entry(key).is_some()
    }

    pub(crate) fn string(&self, key: &'static str) -> Option<String> {
        let value = self.value(key)?;
        match value.get_ref() {
            DeValue::String(text) => Some(text.to_string()),
            other => {
                self.wrong_type(key, other, "a text");
                None
            }
        }
    }

    pub(crate) fn required_string(&self, key: &'static str) -> String {
        if !self.has(key) {
            self.value(key);
            self.fault(format!("`{key}` is missing: a text is needed"));
        }
        self.string(key).unwrap_or_default()
    }

    pub(crate) fn boolean(&self, key: &'static str, default: bool) -> bool {
        match self.value(key).map(Spanned::get_ref) {
            Some(DeValue::Boolean(value)) => *value,
            Some(other) => {
                self.wrong_type(key, other, "true or false");
                default
            }
            None => default,
        }
    }

    pub(crate) fn integer(&self, key: &'static str, allowed: RangeInclusive<u64>) -> Option<u64> {
        let number = match self.value(key)?.get_ref() {
            DeValue::Integer(number) => u64::from_str_radix(number.as_str(), number.radix()).ok(),
            _ => None,
        };
        let number = number.filter(|number| allowed.contains(number));
        if number.is_none() {
            let problem = format!(
                "a whole number from {} to {} is allowed",
                allowed.start(),
                allowed.end()
            );
            self.fault_at(key, problem);
        }
        number
    }

    /// Like [`Section::integer`], for what fits 32 bits.
    pub(crate) fn small(&self, key: &'static str, allowed: RangeInclusive<u32>) -> Option<u32> {
        let wide = u64::from(*allowed.start())..=u64::from(*allowed.end());
        self.integer(key, wide)
            .and_then(|number| u32::try_from(number).ok())
    }

    pub(crate) fn float(&self, key: &'static str) -> Option<f64> {
        let number = match self.value(key)?.get_ref() {
            DeValue::Integer(number) => number.as_str().parse().ok(),
            DeValue::Float(number) => number.as_str().parse().ok(),
            _ => None,
        };
        let number = number.filter(|number: &f64| number.is_finite());
        if number.is_none() {
            self.fault_at(key, "a number is allowed");
        }
        number
    }

    pub(crate) fn choice<T: Copy>(
        &self,
        key: &'static str,
        choices: &[(&str, T)],
        default: T,
    ) -> T {
        let Some(word) = self.string(key) else {
            return default;
        };
        if let Some((_, value)) = choices.iter().find(|(name, _)| *name == word) {
            return *value;
        }
        let allowed: Vec<&str> = choices.iter().map(|(name, _)| *name).collect();
        self.fault_at(
            key,
            format!("`{word}` is not known: {} are allowed", allowed.join(", ")),
        );
        default
    }

    pub(crate) fn strings(&self, key: &'static str) -> Option<Vec<String>> {
        let value = self.value(key)?;
        let list = value.get_ref().as_array().map(|items| {
            items
                .iter()
                .map(|item| item.get_ref().as_str().map(str::to_owned))
                .collect::<Option<Vec<String>>>()
        });
        if let Some(Some(list)) = list {
            return Some(list);
        }
        self.fault_at(key, "a list of texts is allowed");
        None
    }

    /// A word, or a list of texts.
    pub(crate) fn strings_or_word(
        &self,
        key: &'static str,
    ) -> Option<(Option<String>, Vec<String>)> {
        let value = self.value(key)?;
        if let DeValue::String(word) = value.get_ref() {
            return Some((Some(word.to_string()), Vec::new()));
        }
        self.strings(key).map(|list| (None, list))
    }

    pub(crate) fn section(&self, key: &'static str) -> Option<Self> {
        let value = self.value(key)?;
        match value.get_ref() {
            DeValue::Table(table) => Some(Section::new(
                self.faults,
                self.join(key),
                table,
                value.span(),
            )),
            other => {
                self.wrong_type(key, other, "a table");
                None
            }
        }
    }

    /// Every entry of this table as a table of its own.
    pub(crate) fn sections(&self) -> Vec<(String, Self)> {
        let mut sections = Vec::new();
        for (key, value) in self.table {
            let path = self.join(key.get_ref());
            match value.get_ref() {
                DeValue::Table(table) => {
                    let section = Section::new(self.faults, path, table, key.span());
                    sections.push((key.get_ref().to_string(), section));
                }
                _ => self.faults.add(&key.span(), &path, "a table is needed"),
            }
        }
        sections
    }

    /// The tables of a list of tables.
    pub(crate) fn list(&self, key: &'static str) -> Vec<Self> {
        let Some(value) = self.value(key) else {
            return Vec::new();
        };
        let Some(items) = value.get_ref().as_array() else {
            self.fault_at(key, "a list of tables is allowed");
            return Vec::new();
        };
        let mut sections = Vec::new();
        for (index, item) in items.iter().enumerate() {
            let path = format!("{}[{index}]", self.join(key));
            match item.get_ref() {
                DeValue::Table(table) => {
                    sections.push(Section::new(self.faults, path, table, item.span()));
                }
                _ => self.faults.add(&item.span(), &path, "a table is needed"),
            }
        }
        sections
    }

    /// Reports the keys that nobody asked for.
    pub(crate) fn finish(self) {
        let asked = self.asked.borrow();
        for key in self.table.keys() {
            let name: &str = key.get_ref();
            if !asked.contains(&name) {
                let allowed = asked.join(", ");
                let problem = format!("`{name}` is not known here: {allowed} are allowed");
                self.faults.add(&key.span(), &self.join(name), problem);
            }
        }
    }

    fn wrong_type(&self, key: &str, found: &DeValue<'_>, allowed: &str) {
        let found = found.type_str();
        self.fault_at(key, format!("it is of type {found}: {allowed} is allowed"));
    }

    fn entry(&self, key: &str) -> Option<&'a Spanned<DeValue<'a>>> {
        self.table.get(key)
    }

    fn value(&self, key: &'static str) -> Option<&'a Spanned<DeValue<'a>>> {
        let mut asked = self.asked.borrow_mut();
        if !asked.contains(&key) {
            asked.push(key);
        }
        self.entry(key)
    }
}
