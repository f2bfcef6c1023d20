use crate::{TokenError, count_links, has_tricky_characters};

/// Networks of hosting companies, where people do not live: a small list of the largest.
/// A visitor from there may still be a person behind a VPN, so it weighs little.
const HOSTING: &[u32] = &[
    14_061, 14_618, 16_276, 16_509, 20_473, 24_940, 36_352, 45_102, 51_167, 60_781, 62_240, 63_949,
    132_203, 197_540, 212_238, 396_982,
];
/// Mail domains that are made to be thrown away: the best known.
const DISPOSABLE: &[&str] = &[
    "10minutemail.com",
    "dispostable.com",
    "fakeinbox.com",
    "getnada.com",
    "guerrillamail.com",
    "mailinator.com",
    "maildrop.cc",
    "mintemail.com",
    "sharklasers.com",
    "temp-mail.org",
    "tempmail.com",
    "throwawaymail.com",
    "trashmail.com",
    "yopmail.com",
];
/// Messages seen this often from elsewhere count as repeated.
const REPEATED: u32 = 3;

/// A reason to distrust a submission.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Signal {
    /// The field that people do not see was filled in.
    Honeypot,
    /// No token: a page from a cache without JavaScript, or a program.
    TokenMissing,
    /// A token that is not ours or of another form.
    TokenForged,
    /// A token whose time is over.
    TokenExpired,
    /// Sent sooner than a person can type.
    TooFast,
    /// No proof of work where one was asked for.
    ProofMissing,
    /// No proof of work where the form insists on it.
    ProofRequired,
    /// A wrong proof of work.
    ProofWrong,
    /// A proof of work that was used before.
    ProofReused,
    /// Links above the form's limit, and how many.
    ExtraLinks(u32),
    /// A link where a name or a subject belongs.
    LinkInShortField,
    /// The same message came from elsewhere today.
    RepeatedMessage,
    /// Many submissions from the visitor's network this minute.
    NetworkBusy,
    /// Headers that browsers send are missing.
    UnusualClient,
    /// From a hosting company's network.
    HostingNetwork,
    /// The visitor's network operator attacked the site in the last day, by the logs.
    /// People live there too, so it weighs little.
    AbusiveNetwork,
    /// An address at a throw-away mail service.
    DisposableAddress,
    /// Characters that hide or turn what is read.
    TrickyCharacters,
    /// The third-party verifier says no.
    VerifierRefused,
    /// The third-party verifier does not answer.
    VerifierDown,
}

impl Signal {
    /// Its stable code.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::Honeypot => "honeypot",
            Self::TokenMissing => "token_missing",
            Self::TokenForged => "token_forged",
            Self::TokenExpired => "token_expired",
            Self::TooFast => "too_fast",
            Self::ProofMissing => "proof_missing",
            Self::ProofRequired => "proof_required",
            Self::ProofWrong => "proof_wrong",
            Self::ProofReused => "proof_reused",
            Self::ExtraLinks(_) => "extra_links",
            Self::LinkInShortField => "link_in_short_field",
            Self::RepeatedMessage => "repeated_message",
            Self::NetworkBusy => "network_busy",
            Self::UnusualClient => "unusual_client",
            Self::HostingNetwork => "hosting_network",
            Self::AbusiveNetwork => "abusive_network",
            Self::DisposableAddress => "disposable_address",
            Self::TrickyCharacters => "tricky_characters",
            Self::VerifierRefused => "verifier_refused",
            Self::VerifierDown => "verifier_down",
        }
    }

    /// What it adds to the score. No weak signal quarantines by itself, and neither do
    /// two of the weakest: people use old browsers, VPNs and cached pages.
    #[must_use]
    pub fn points(self) -> u32 {
        match self {
            Self::Honeypot => 100,
            Self::TokenForged | Self::ProofReused | Self::VerifierRefused => 60,
            Self::TokenExpired => 20,
            Self::TokenMissing => 25,
            Self::TooFast => 40,
            Self::ProofMissing => 10,
            Self::ProofRequired | Self::ProofWrong | Self::RepeatedMessage => 50,
            Self::VerifierDown => 50,
            // Beyond six the rest adds nothing new.
            Self::ExtraLinks(links) => 25 * links.min(6),
            Self::LinkInShortField => 60,
            Self::NetworkBusy | Self::HostingNetwork | Self::AbusiveNetwork => 20,
            Self::TrickyCharacters => 30,
            Self::UnusualClient | Self::DisposableAddress => 10,
        }
    }
}

/// What the form's token was found to be.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TokenFinding {
    /// Ours, of this form, in time.
    Valid,
    /// Ours, but younger than a person takes to fill in the form.
    TooFast,
    /// There is none.
    Missing,
    /// Not ours, or of another form.
    Forged,
    /// Too old.
    Expired,
}

impl From<&TokenError> for TokenFinding {
    fn from(error: &TokenError) -> Self {
        match error {
            TokenError::Expired => Self::Expired,
            TokenError::Malformed | TokenError::Forged | TokenError::WrongForm => Self::Forged,
        }
    }
}

/// What the proof of work was found to be.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ProofFinding {
    /// The form does not ask for one, or only to see how many would bring one.
    NotAsked,
    /// Right, and new.
    Valid,
    /// There is none.
    Missing {
        /// Whether the form insists on it.
        required: bool,
    },
    /// Wrong.
    Wrong,
    /// Right, but used for another submission before.
    Reused,
}

/// What a third-party verifier says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum VerifierFinding {
    /// The form uses none.
    NotAsked,
    /// It is a person.
    Passed,
    /// It is not, or the answer is missing.
    Refused,
    /// It did not answer.
    Down,
}

/// Everything that is known about a submission.
#[derive(Debug, Clone, Copy)]
pub struct Evidence<'a> {
    /// Whether the field that people do not see was filled in.
    pub honeypot_filled: bool,
    /// The form's token.
    pub token: TokenFinding,
    /// The proof of work.
    pub proof: ProofFinding,
    /// Texts of many lines.
    pub messages: &'a [&'a str],
    /// Texts of one line, where links do not belong.
    pub short_texts: &'a [&'a str],
    /// Links that messages may have.
    pub max_links: u32,
    /// How many different posts brought this message today.
    pub repeated_messages: u32,
    /// Whether the visitor's network sends more than usual.
    pub network_busy: bool,
    /// Whether a browser's usual headers are there.
    pub usual_client: bool,
    /// Number of the visitor's network operator.
    pub asn: Option<u32>,
    /// Whether that operator attacked the site in the last day.
    pub operator_is_abusive: bool,
    /// The visitor's e-mail address.
    pub email: Option<&'a str>,
    /// What a third-party verifier says.
    pub verifier: VerifierFinding,
}

/// The form's limits.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Thresholds {
    /// Score from which a submission is quarantined.
    pub quarantine_at: u32,
}

/// The judgement.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Verdict {
    /// The sum of all signals.
    pub score: u32,
    /// What made it, the heaviest first.
    pub signals: Vec<Signal>,
    /// Whether the submission is kept apart.
    pub quarantined: bool,
}

/// Judges a submission.
#[must_use]
pub fn judge(evidence: &Evidence<'_>, thresholds: &Thresholds) -> Verdict {
    let mut signals: Vec<Signal> = [
        evidence.honeypot_filled.then_some(Signal::Honeypot),
        token_signal(evidence.token),
        proof_signal(evidence.proof),
        verifier_signal(evidence.verifier),
        (evidence.repeated_messages >= REPEATED).then_some(Signal::RepeatedMessage),
        evidence.network_busy.then_some(Signal::NetworkBusy),
        (!evidence.usual_client).then_some(Signal::UnusualClient),
        evidence
            .asn
            .filter(|asn| HOSTING.contains(asn))
            .map(|_| Signal::HostingNetwork),
        evidence
            .operator_is_abusive
            .then_some(Signal::AbusiveNetwork),
        evidence
            .email
            .filter(|email| is_disposable(email))
            .map(|_| Signal::DisposableAddress),
    ]
    .into_iter()
    .flatten()
    .chain(content_signals(evidence))
    .collect();
    signals.sort_by_key(|signal| std::cmp::Reverse(signal.points()));
    let score = signals.iter().map(|signal| signal.points()).sum();
    Verdict {
        score,
        signals,
        quarantined: score >= thresholds.quarantine_at,
    }
}

const fn token_signal(finding: TokenFinding) -> Option<Signal> {
    match finding {
        TokenFinding::Valid => None,
        TokenFinding::TooFast => Some(Signal::TooFast),
        TokenFinding::Missing => Some(Signal::TokenMissing),
        TokenFinding::Forged => Some(Signal::TokenForged),
        TokenFinding::Expired => Some(Signal::TokenExpired),
    }
}

const fn proof_signal(finding: ProofFinding) -> Option<Signal> {
    match finding {
        ProofFinding::NotAsked | ProofFinding::Valid => None,
        ProofFinding::Missing { required: false } => Some(Signal::ProofMissing),
        ProofFinding::Missing { required: true } => Some(Signal::ProofRequired),
        ProofFinding::Wrong => Some(Signal::ProofWrong),
        ProofFinding::Reused => Some(Signal::ProofReused),
    }
}

const fn verifier_signal(finding: VerifierFinding) -> Option<Signal> {
    match finding {
        VerifierFinding::NotAsked | VerifierFinding::Passed => None,
        VerifierFinding::Refused => Some(Signal::VerifierRefused),
        VerifierFinding::Down => Some(Signal::VerifierDown),
    }
}

fn content_signals(evidence: &Evidence<'_>) -> Vec<Signal> {
    let links: usize = evidence.messages.iter().map(|text| count_links(text)).sum();
    let extra = u32::try_from(links)
        .unwrap_or(u32::MAX)
        .saturating_sub(evidence.max_links);
    let texts = || evidence.messages.iter().chain(evidence.short_texts);
    let mut signals = Vec::new();
    if extra > 0 {
        signals.push(Signal::ExtraLinks(extra));
    }
    if evidence
        .short_texts
        .iter()
        .any(|text| count_links(text) > 0)
    {
        signals.push(Signal::LinkInShortField);
    }
    if texts().any(|text| has_tricky_characters(text)) {
        signals.push(Signal::TrickyCharacters);
    }
    signals
}

fn is_disposable(email: &str) -> bool {
    email
        .rsplit_once('@')
        .is_some_and(|(_, domain)| DISPOSABLE.contains(&domain.to_lowercase().as_str()))
}

#[cfg(test)]
mod tests {
    use super::*;

    const PERSON: Evidence<'static> = Evidence {
        honeypot_filled: false,
        token: TokenFinding::Valid,
        proof: ProofFinding::NotAsked,
        messages: &["Where is my parcel? I ordered it at https://shop.example/orders/1."],
        short_texts: &["Ada"],
        max_links: 2,
        repeated_messages: 1,
        network_busy: false,
        usual_client: true,
        asn: Some(3320),
        operator_is_abusive: false,
        email: Some("ada@example.com"),
        verifier: VerifierFinding::NotAsked,
    };
    const LIMIT: Thresholds = Thresholds { quarantine_at: 50 };

    fn codes(evidence: &Evidence<'_>) -> Vec<&'static str> {
        let verdict = judge(evidence, &LIMIT);
        verdict.signals.iter().map(|signal| signal.code()).collect()
    }

    #[test]
    fn a_person_has_no_score() {
        assert_eq!(judge(&PERSON, &LIMIT).score, 0);
    }

    #[test]
    fn weak_signals_do_not_quarantine_a_person() {
        let mut evidence = PERSON;
        evidence.token = TokenFinding::Missing;
        evidence.usual_client = false;
        evidence.email = Some("ada@mailinator.com");
        let verdict = judge(&evidence, &LIMIT);
        assert_eq!((verdict.score, verdict.quarantined), (45, false));
    }

    #[test]
    fn people_of_an_abusive_operator_are_not_quarantined_for_it() {
        let mut evidence = PERSON;
        evidence.operator_is_abusive = true;
        assert_eq!(codes(&evidence), ["abusive_network"]);
        evidence.token = TokenFinding::Missing;
        let verdict = judge(&evidence, &LIMIT);
        assert_eq!((verdict.score, verdict.quarantined), (45, false));
    }

    #[test]
    fn a_robot_is_quarantined() {
        let mut evidence = PERSON;
        evidence.honeypot_filled = true;
        assert!(judge(&evidence, &LIMIT).quarantined);
        let mut evidence = PERSON;
        evidence.messages =
            &["http://a.example http://b.example http://c.example http://d.example"];
        evidence.token = TokenFinding::Missing;
        assert_eq!(codes(&evidence), ["extra_links", "token_missing"]);
        assert!(judge(&evidence, &LIMIT).quarantined);
    }

    #[test]
    fn a_verifier_that_is_down_quarantines() {
        let mut evidence = PERSON;
        evidence.verifier = VerifierFinding::Down;
        assert!(judge(&evidence, &LIMIT).quarantined);
    }

    #[test]
    fn every_finding_has_its_signal() {
        let mut evidence = PERSON;
        evidence.short_texts = &["see www.a.example"];
        evidence.repeated_messages = 3;
        evidence.network_busy = true;
        evidence.asn = Some(24_940);
        evidence.operator_is_abusive = true;
        evidence.proof = ProofFinding::Missing { required: true };
        assert_eq!(
            codes(&evidence),
            [
                "link_in_short_field",
                "proof_required",
                "repeated_message",
                "network_busy",
                "hosting_network",
                "abusive_network"
            ]
        );
    }
}
