use crate::cloudfront::CloudfrontLines;
use crate::fields::Fields;
use crate::flow::FlowLines;
use crate::{Columns, Record, Source, alb, alb_connection, lambda, nginx, postgres, waf};

/// Why a line could not be read.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, thiserror::Error)]
pub enum BadLine {
    /// It has fewer fields than the format.
    #[error("a line has fewer fields than its format")]
    FieldCount,
    /// Its time is none.
    #[error("a line has no readable time")]
    Time,
    /// A number is none.
    #[error("a line has text where its format has a number")]
    Number,
    /// It is not a JSON object.
    #[error("a line is not a JSON object")]
    Json,
    /// It came before the line that names the fields.
    #[error("a line came before the header that names the fields")]
    Header,
    /// It has not the form of the format.
    #[error("a line has not the form of its format")]
    Form,
}

impl BadLine {
    /// The name in metrics and counts.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::FieldCount => "field-count",
            Self::Time => "time",
            Self::Number => "number",
            Self::Json => "json",
            Self::Header => "header",
            Self::Form => "form",
        }
    }
}

/// Makes records of one source's lines. Headers among them change how the next are read, so
/// each file has a parser of its own.
#[derive(Debug)]
pub struct LineParser {
    format: Format,
    fields: Fields,
}

#[derive(Debug)]
enum Format {
    Cloudfront(CloudfrontLines),
    Alb,
    AlbConnection,
    Nginx,
    NginxError,
    Waf,
    VpcFlow(FlowLines),
    Lambda,
    Postgres,
}

impl LineParser {
    /// A parser for a source. `columns` names the fields of CloudFront's logs that have no
    /// header. `None` for CloudTrail, whose files have no lines.
    #[must_use]
    pub fn new(source: Source, columns: Option<Columns>) -> Option<Self> {
        let format = match source {
            Source::Cloudfront => Format::Cloudfront(CloudfrontLines::new(columns)),
            Source::Alb => Format::Alb,
            Source::AlbConnection => Format::AlbConnection,
            Source::Nginx => Format::Nginx,
            Source::NginxError => Format::NginxError,
            Source::Waf => Format::Waf,
            Source::VpcFlow => Format::VpcFlow(FlowLines::default()),
            Source::Lambda => Format::Lambda,
            Source::Postgres => Format::Postgres,
            Source::Cloudtrail => return None,
        };
        Some(Self {
            format,
            fields: Fields::default(),
        })
    }

    /// Hands over the line's record. Headers, continued messages and lines that say that
    /// there was nothing to say have none.
    ///
    /// # Errors
    /// When the line is malformed.
    #[inline]
    pub fn parse(&mut self, line: &[u8], each: impl FnOnce(&Record<'_>)) -> Result<(), BadLine> {
        let fields = &mut self.fields;
        match &mut self.format {
            Format::Cloudfront(lines) => lines.parse(line, fields, each),
            Format::Alb => alb::parse(line, fields, each),
            Format::AlbConnection => alb_connection::parse(line, fields, each),
            Format::Nginx => nginx::parse(line, fields, each),
            Format::NginxError => nginx::parse_error(line, each),
            Format::Waf => waf::parse(line, each),
            Format::VpcFlow(lines) => lines.parse(line, fields, each),
            Format::Lambda => lambda::parse(line, each),
            Format::Postgres => postgres::parse(line, each),
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn no_bytes_make_a_parser_panic(lines in proptest::collection::vec(
            proptest::collection::vec(any::<u8>(), 0..200), 0..8)) {
            for source in Source::ALL {
                let Some(mut parser) = LineParser::new(source, None) else { continue };
                for line in &lines {
                    let _ = parser.parse(line, |_| {});
                }
            }
        }

        #[test]
        fn no_text_of_the_formats_alphabet_makes_a_parser_panic(
            line in "[0-9a-zTZ:./#\t \"\\\\{}\\[\\],%-]{0,400}",
        ) {
            for source in Source::ALL {
                let Some(mut parser) = LineParser::new(source, None) else { continue };
                let _ = parser.parse(line.as_bytes(), |_| {});
            }
        }
    }
}
