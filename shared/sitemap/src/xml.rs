use std::io::BufRead;
use std::ops::ControlFlow;

use quick_xml::Error as XmlError;
use quick_xml::NsReader;
use quick_xml::escape::resolve_xml_entity;
use quick_xml::events::{BytesRef, BytesStart, Event};
use quick_xml::name::ResolveResult;

use crate::delivery::Delivery;
use crate::item::Item;
use crate::source::Source;
use crate::tag::check_attributes;
use crate::{Entry, Fault, Format, Limit};

/// Where reading stands.
#[derive(Default)]
struct Position {
    depth: usize,
    /// The root's namespace, and with it that of all elements of the protocol.
    /// `None` within it: it has none. Sitemaps with wrong ones are common, so that it
    /// matters only that it is the same.
    namespace: Option<Option<String>>,
    /// The entry, when it is one and not before the cursor.
    item: Option<Item>,
    /// Whether the element next to the root is an entry before the cursor.
    is_skipped: bool,
}

/// Reads `<urlset>` and `<sitemapindex>`.
pub(crate) fn read_xml<R: BufRead, F: FnMut(Entry) -> ControlFlow<()>>(
    source: &mut Source<R>,
    delivery: &mut Delivery<'_, F>,
) -> Result<(), Fault> {
    let mut reader = NsReader::from_reader(source);
    let config = reader.config_mut();
    config.expand_empty_elements = true;
    // Spoils one entry then, instead of the sitemap.
    config.allow_dangling_amp = true;
    let mut buffer = Vec::new();
    let mut position = Position::default();
    while !delivery.totals.is_stopped {
        buffer.clear();
        reader.get_mut().begin_token();
        let event = match reader.read_resolved_event_into(&mut buffer) {
            Ok((_, Event::Eof)) => return position.end(),
            Ok((namespace, Event::Start(tag))) => {
                position.open(&namespace, &tag, delivery)?;
                continue;
            }
            Ok((_, event)) => event,
            Err(error) => return Err(fault(reader.get_mut(), error)),
        };
        match event {
            Event::End(_) => position.close(delivery),
            Event::DocType(text) => return Err(document_type(&text)),
            Event::Text(text) => position.text(&text, text.contains('&')),
            Event::CData(text) => position.text(&text, false),
            Event::GeneralRef(name) => match character(&name) {
                Some(character) => position.text(character.encode_utf8(&mut [0; 4]), false),
                None => position.text(&name, true),
            },
            _ => {}
        }
    }
    Ok(())
}

fn fault<R: BufRead>(source: &mut Source<R>, error: XmlError) -> Fault {
    match error {
        _ if source.has_fault() => source.take_fault(),
        // All of these but one mean that the end of something was not found.
        XmlError::Syntax(_) if source.is_at_end() => Fault::Truncated,
        error => Fault::Xml(Box::new(error)),
    }
}

/// What a document type means: the page of an error, or an attempt to define entities.
fn document_type(text: &str) -> Fault {
    match text.split_ascii_whitespace().next() {
        Some(name) if name.eq_ignore_ascii_case("html") => Fault::root(name),
        _ => Fault::DocumentType,
    }
}

/// The character that a reference stands for: one of the five entities XML knows, or a
/// number.
fn character(name: &BytesRef<'_>) -> Option<char> {
    match name.resolve_char_ref() {
        Ok(None) => resolve_xml_entity(name)?.chars().next(),
        Ok(character) => character,
        Err(_) => None,
    }
}

impl Position {
    fn open<F: FnMut(Entry) -> ControlFlow<()>>(
        &mut self,
        namespace: &ResolveResult<'_>,
        tag: &BytesStart<'_>,
        delivery: &mut Delivery<'_, F>,
    ) -> Result<(), Fault> {
        let limits = &delivery.options.limits;
        if self.depth >= limits.max_depth {
            return Err(Limit::Depth.exceeded(limits.max_depth));
        }
        check_attributes(tag, limits.max_attributes)?;
        let namespace_of_root = self.namespace.as_ref().map(Option::as_deref);
        let is_ours = namespace_of_root == Some(named(namespace));
        match (self.depth, &mut self.item) {
            (0, _) => self.open_root(namespace, tag, delivery)?,
            (1, _) if is_ours && matches!(tag.local_name().as_ref(), "url" | "sitemap") => {
                delivery.admit()?;
                self.is_skipped = delivery.is_behind();
                let is_page = tag.local_name().as_ref() == "url";
                let item = || Item::new(is_page, limits.max_location_chars);
                self.item = (!self.is_skipped).then(item);
            }
            (1, _) => delivery.totals.foreign += u64::from(!delivery.is_behind()),
            (2, Some(item)) => item.open(tag, is_ours, delivery)?,
            (3, Some(item)) => item.open_within(),
            _ => {}
        }
        self.depth += 1;
        Ok(())
    }

    fn close<F: FnMut(Entry) -> ControlFlow<()>>(&mut self, delivery: &mut Delivery<'_, F>) {
        self.depth = self.depth.saturating_sub(1);
        match (self.depth, &mut self.item) {
            (2, Some(item)) => item.close(delivery),
            (1, _) => {
                if std::mem::take(&mut self.is_skipped) {
                    delivery.skip();
                }
                if let Some(item) = self.item.take() {
                    item.finish(delivery);
                }
            }
            _ => {}
        }
    }

    fn text(&mut self, text: &str, is_bad: bool) {
        if let (3, Some(item)) = (self.depth, &mut self.item) {
            item.text(text, is_bad);
        }
    }

    const fn end(&self) -> Result<(), Fault> {
        match (&self.namespace, self.depth) {
            (None, _) => Err(Fault::Empty),
            (_, 0) => Ok(()),
            _ => Err(Fault::Truncated),
        }
    }

    fn open_root<F: FnMut(Entry) -> ControlFlow<()>>(
        &mut self,
        namespace: &ResolveResult<'_>,
        tag: &BytesStart<'_>,
        delivery: &mut Delivery<'_, F>,
    ) -> Result<(), Fault> {
        delivery.totals.format = match (tag.local_name().as_ref(), &self.namespace) {
            ("urlset", None) => Some(Format::UrlSet),
            ("sitemapindex", None) => Some(Format::Index),
            _ => return Err(Fault::root(tag.name().as_ref())),
        };
        self.namespace = Some(named(namespace).map(str::to_owned));
        Ok(())
    }
}

fn named<'n>(namespace: &'n ResolveResult<'_>) -> Option<&'n str> {
    match namespace {
        ResolveResult::Bound(name) => Some(name.as_ref()),
        ResolveResult::Unknown(prefix) => Some(prefix),
        ResolveResult::Unbound => None,
    }
}
