//! [`Username`]: the rules for account names, used everywhere.

use std::borrow::Cow;
use std::error::Error;
use std::fmt;

use unicode_normalization::{IsNormalized, UnicodeNormalization as _, is_nfkc_quick};

/// A name to log in with, in the form that is stored and looked up: without surrounding white space, in Unicode normalization
/// form NFKC (UAX #15), as Django's forms write names. Case counts: `Ada` and `ada` are two names.
///
/// `ada` followed by a space, `ada` in full-width letters and `ada` are the same name; so are `Müller` with its `ü` as one
/// character and as two. Two names that people cannot distinguish, because they differ in case or in invisible characters, have
/// the same [skeleton](Self::skeleton).
///
/// ```
/// use auth_runtime::{InvalidUsername, Username};
///
/// assert_eq!(Username::parse("Mu\u{308}ller ")?.as_str(), "Müller");
/// assert_ne!(Username::parse("ADA")?, Username::parse("ada")?);
/// assert_eq!(Username::parse("ADA")?.skeleton(), Username::parse("ada\u{200b}")?.skeleton());
/// assert_eq!(Username::parse(" "), Err(InvalidUsername::Empty));
/// # Ok::<(), InvalidUsername>(())
/// ```
#[derive(Clone)]
pub struct Username<'a> {
    typed: &'a str,
    normalized: Cow<'a, str>,
}

/// Why a text is not a [`Username`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum InvalidUsername {
    /// It is empty, or only white space.
    Empty,
    /// It contains a control character, such as NUL, or a line break.
    ControlCharacter,
    /// All of its characters are invisible.
    Invisible,
    /// It is longer than [`Username::MAX_BYTES`].
    TooLong,
}

impl fmt::Display for InvalidUsername {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Empty => f.write_str("the name is empty; give at least one character"),
            Self::ControlCharacter => f.write_str("the name contains a control character or a line break; remove it"),
            Self::Invisible => f.write_str("the name has only invisible characters; add some that can be seen"),
            Self::TooLong => write!(f, "the name is longer than {} bytes; shorten it", Username::MAX_BYTES),
        }
    }
}

impl Error for InvalidUsername {}

impl<'a> Username<'a> {
    /// The maximum length, in bytes of UTF-8.
    pub const MAX_BYTES: usize = 1024;

    /// Normalizes a name as it was typed. Does not allocate for ASCII.
    ///
    /// # Errors
    ///
    /// If the text is not a valid name.
    pub fn parse(typed: &'a str) -> Result<Self, InvalidUsername> {
        // Fast path: nearly all names consist of visible ASCII letters.
        if !typed.is_empty() && typed.len() <= Self::MAX_BYTES && typed.bytes().all(|byte| byte.is_ascii_graphic()) {
            return Ok(Self { typed, normalized: Cow::Borrowed(typed) });
        }
        // Checked first, so that a huge text costs nothing.
        if typed.len() > Self::MAX_BYTES {
            return Err(InvalidUsername::TooLong);
        }
        let normalized = normalize(typed);
        if normalized.is_empty() {
            return Err(InvalidUsername::Empty);
        }
        if normalized.chars().any(breaks_a_line) {
            return Err(InvalidUsername::ControlCharacter);
        }
        if normalized.chars().all(|char| is_invisible(char) || char.is_whitespace()) {
            return Err(InvalidUsername::Invisible);
        }
        if normalized.len() > Self::MAX_BYTES {
            return Err(InvalidUsername::TooLong);
        }
        Ok(Self { typed, normalized })
    }

    /// Returns the normalized name.
    pub fn as_str(&self) -> &str {
        &self.normalized
    }

    /// Returns the name as it was typed. For stores that also keep names in other forms, from before this rule or from another
    /// system.
    pub fn typed(&self) -> &'a str {
        self.typed
    }

    /// Returns whether it was typed in its normalized form.
    pub fn is_normalized(&self) -> bool {
        self.typed == self.normalized
    }

    /// Returns the skeleton, which all names share that people cannot distinguish. Compare it with other skeletons; do not show
    /// it.
    pub fn skeleton(&self) -> String {
        Self::skeleton_of(&self.normalized)
    }

    /// Returns the skeleton of any text, such as a part of a name to search for: case-folded, without invisible characters
    /// (which Unicode calls default ignorable), with single spaces inside and none around, in form NFKC. Texts have the same
    /// skeleton if they are a compatibility caseless match (Unicode, D146), ignoring spaces and invisible characters.
    ///
    /// ```
    /// use auth_runtime::Username;
    ///
    /// assert_eq!(Username::skeleton_of("STRASSE"), Username::skeleton_of("straße"));
    /// assert_eq!(Username::skeleton_of("ΣΊΣΥΦΟΣ"), Username::skeleton_of("σίσυφος"));
    /// ```
    pub fn skeleton_of(text: &str) -> String {
        // Folding can make a text decomposable, and decomposing it foldable: the standard does both twice.
        let once = fold(text.nfd());
        let twice = fold(once.chars());
        let mut skeleton = String::with_capacity(twice.len());
        for word in twice.split_whitespace() {
            if !skeleton.is_empty() {
                skeleton.push(' ');
            }
            skeleton.push_str(word);
        }
        skeleton
    }
}

/// Two names are the same if their normalized forms are.
impl PartialEq for Username<'_> {
    fn eq(&self, other: &Self) -> bool {
        self.normalized == other.normalized
    }
}

impl Eq for Username<'_> {}

impl<'a> From<Username<'a>> for Cow<'a, str> {
    /// Returns the normalized name.
    fn from(name: Username<'a>) -> Self {
        name.normalized
    }
}

/// Hides the name, since people type passwords into its field by mistake.
impl fmt::Debug for Username<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Username").finish_non_exhaustive()
    }
}

/// Returns the key that failed attempts with a name count under. It is the same for all spellings that a store may find one
/// account by, otherwise each spelling would be another chance. People type passwords into the name's field, so digest the key.
pub(crate) fn throttle_key(typed: &str) -> String {
    // A name that is not valid belongs to no account, so its spellings need not count together.
    Username::parse(typed).map_or_else(|_| typed.to_owned(), |name| name.skeleton())
}

fn normalize(typed: &str) -> Cow<'_, str> {
    let trimmed = typed.trim();
    if trimmed.is_ascii() || is_nfkc_quick(trimmed.chars()) == IsNormalized::Yes {
        return Cow::Borrowed(trimmed);
    }
    let normalized: String = trimmed.nfkc().collect();
    // Some characters decompose into a space and an accent.
    match normalized.trim() {
        inner if inner.len() == normalized.len() => Cow::Owned(normalized),
        inner => Cow::Owned(inner.to_owned()),
    }
}

fn breaks_a_line(char: char) -> bool {
    char.is_control() || matches!(char, '\u{2028}' | '\u{2029}')
}

fn fold(chars: impl Iterator<Item = char>) -> String {
    chars.filter(|char| !is_invisible(*char)).flat_map(fold_case).nfkc().collect()
}

/// Returns the full case folding of a character (Unicode, section 3.13). For Cherokee, returns another form that is the same
/// for both cases.
fn fold_case(char: char) -> impl Iterator<Item = char> {
    // Its upper case is that of another letter; it folds to itself.
    let is_dotless_i = char == 'ı';
    let folded = || char.to_lowercase().flat_map(char::to_uppercase).flat_map(char::to_lowercase);
    let itself = is_dotless_i.then_some(char);
    itself.into_iter().chain((!is_dotless_i).then(folded).into_iter().flatten())
}

/// Returns whether a character is usually invisible: the property `Default_Ignorable_Code_Point` of Unicode 17, the blank
/// Braille pattern, and the anchors of interlinear annotations.
fn is_invisible(char: char) -> bool {
    matches!(char,
        '\u{ad}'
        | '\u{34f}'
        | '\u{61c}'
        | '\u{115f}'..='\u{1160}'
        | '\u{17b4}'..='\u{17b5}'
        | '\u{180b}'..='\u{180f}'
        | '\u{200b}'..='\u{200f}'
        | '\u{202a}'..='\u{202e}'
        | '\u{2060}'..='\u{206f}'
        | '\u{2800}'
        | '\u{3164}'
        | '\u{fe00}'..='\u{fe0f}'
        | '\u{feff}'
        | '\u{ffa0}'
        | '\u{fff0}'..='\u{fffb}'
        | '\u{1bca0}'..='\u{1bca3}'
        | '\u{1d173}'..='\u{1d17a}'
        | '\u{e0000}'..='\u{e0fff}')
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn normalized(typed: &str) -> Result<String, InvalidUsername> {
        Username::parse(typed).map(|name| name.as_str().to_owned())
    }

    #[test]
    fn names_are_trimmed_and_in_compatibility_form_and_keep_their_case() {
        for (typed, name) in [
            ("ada", "ada"),
            ("Ada", "Ada"),
            (" \t ada\u{a0}\u{3000}\r\n", "ada"),
            ("Ada  Lovelace", "Ada  Lovelace"),
            ("ａｄａ", "ada"),
            ("Mu\u{308}ller", "Müller"),
            ("ﬁona", "fiona"),
            ("ada\u{a0}l", "ada l"),
            ("²", "2"),
            // A diaeresis by itself is a space and an accent.
            ("\u{a8}ada", "\u{308}ada"),
            ("ada\u{200b}", "ada\u{200b}"),
            ("İstanbul", "İstanbul"),
        ] {
            assert_eq!(normalized(typed).as_deref(), Ok(name), "{typed:?}");
        }
    }

    #[test]
    fn invalid_name_is_refused_with_its_reason() {
        for (typed, fault) in [
            ("", InvalidUsername::Empty),
            (" \u{2003}", InvalidUsername::Empty),
            ("a\0da", InvalidUsername::ControlCharacter),
            ("ada\0", InvalidUsername::ControlCharacter),
            ("a\nda", InvalidUsername::ControlCharacter),
            ("a\u{7f}da", InvalidUsername::ControlCharacter),
            ("a\u{9b}da", InvalidUsername::ControlCharacter),
            ("a\u{2028}da", InvalidUsername::ControlCharacter),
            ("\u{200b}", InvalidUsername::Invisible),
            ("\u{feff} \u{ad}", InvalidUsername::Invisible),
            ("\u{3164}", InvalidUsername::Invisible),
            (&"a".repeat(1025), InvalidUsername::TooLong),
            (&" ".repeat(1025), InvalidUsername::TooLong),
            // Eighteen letters each, once normalized.
            (&"\u{fdfa}".repeat(100), InvalidUsername::TooLong),
        ] {
            assert_eq!(normalized(typed), Err(fault), "{typed:?}");
            assert!(!fault.to_string().is_empty());
        }
        assert!(normalized(&"a".repeat(1024)).is_ok());
    }

    #[test]
    fn an_ascii_name_is_not_copied() {
        for typed in ["ada", " ada ", "Müller"] {
            assert!(matches!(Username::parse(typed).unwrap().into(), Cow::<str>::Borrowed(_)), "{typed:?}");
        }
    }

    #[test]
    fn debugging_a_name_does_not_show_it() {
        assert!(!format!("{:?}", Username::parse("correct horse")).contains("horse"));
    }

    #[test]
    fn names_that_look_the_same_have_one_skeleton() {
        for alike in [
            &["ada", "ADA", "Ada", "ada\u{200b}", "a\u{ad}da", "\u{202e}ada", "ａｄａ", "ada\u{fe0f}"][..],
            &["Müller", "MÜLLER", "mu\u{308}ller", "mu\u{34f}\u{308}ller"],
            &["straße", "STRASSE", "STRAẞE", "ſtrasse"],
            &["ΣΊΣΥΦΟΣ", "σίσυφος", "σίσυφοσ"],
            &["Ιωάννης ᾼ", "ΙΩΆΝΝΗΣ αι"],
            &["ДАША", "даша"],
            &["ԱՄԵՆ", "ամեն"],
            &["ᏣᎳᎩ", "ꮳꮃꭹ"],
            &["i\u{307}", "İ"],
            &["ﬁona", "FIONA"],
            &["K", "k", "\u{212a}"],
            &["ada l", "ada  L", "ada\u{a0}l", "ada \u{200b} l"],
            &["Å", "a\u{30a}", "\u{212b}"],
        ] {
            for name in alike {
                assert_eq!(Username::skeleton_of(name), Username::skeleton_of(alike[0]), "{name:?} and {:?}", alike[0]);
            }
        }
    }

    #[test]
    fn names_that_look_different_have_two_skeletons() {
        for [one, other] in
            [["ada", "adá"], ["i", "ı"], ["I", "ı"], ["a b", "ab"], ["ada", "ada."], ["ada-l", "ada_l"], ["o", "ö"]]
        {
            assert_ne!(Username::skeleton_of(one), Username::skeleton_of(other), "{one:?} and {other:?}");
        }
    }

    #[test]
    fn the_skeleton_of_visible_ascii_is_its_lower_case() {
        // The migrations of `auth-store` depend on this.
        let visible: String = ('!'..='~').collect();
        assert_eq!(Username::skeleton_of(&visible), visible.to_ascii_lowercase());
    }

    #[test]
    fn the_skeleton_of_every_character_is_that_of_its_cases_and_its_own() {
        // The gaps contain only ideographs, private characters and unassigned code points.
        let chars = ('\0'..'\u{3400}').chain('\u{a000}'..'\u{ac00}').chain('\u{f900}'..'\u{20000}');
        for char in chars {
            let skeleton = Username::skeleton_of(&char.to_string());
            assert_eq!(Username::skeleton_of(&skeleton), skeleton, "{char:?}");
            for other in [char.to_uppercase().to_string(), char.to_lowercase().to_string()] {
                if char != 'ı' && !other.chars().eq([char]) {
                    assert_eq!(Username::skeleton_of(&other), skeleton, "{char:?}");
                }
            }
        }
    }

    /// Generates texts of characters that are folded, composed, decomposed or dropped.
    fn tricky() -> impl Strategy<Value = String> {
        let char = prop_oneof![
            any::<char>(),
            prop::char::range('\0', '\u{250}'),
            prop::char::range('\u{300}', '\u{3ff}'),
            prop::char::range('\u{1100}', '\u{11ff}'),
            prop::char::range('\u{1e00}', '\u{206f}'),
            prop::char::range('\u{f900}', '\u{ffff}'),
        ];
        prop::collection::vec(char, 0..12).prop_map(|chars| chars.into_iter().collect())
    }

    proptest! {
        #[test]
        fn normalizing_again_changes_nothing(typed in tricky()) {
            if let Ok(name) = Username::parse(&typed) {
                let again = Username::parse(name.as_str());
                prop_assert!(again.as_ref().is_ok_and(Username::is_normalized));
                prop_assert_eq!(again.as_ref(), Ok(&name));
                prop_assert_eq!(name.as_str().trim(), name.as_str());
            }
        }

        #[test]
        fn a_skeleton_is_its_own_and_that_of_every_form(typed in tricky()) {
            let skeleton = Username::skeleton_of(&typed);
            prop_assert_eq!(&Username::skeleton_of(&skeleton), &skeleton);
            if let Ok(name) = Username::parse(&typed) {
                prop_assert_eq!(&name.skeleton(), &skeleton);
                prop_assert!(!skeleton.is_empty());
            }
            for form in [typed.nfc().collect::<String>(), typed.nfd().collect(), typed.nfkc().collect(), typed.nfkd().collect()] {
                prop_assert_eq!(&Username::skeleton_of(&form), &skeleton);
            }
        }

        #[test]
        fn any_text_is_parsed_without_a_panic(typed in ".{0,300}") {
            drop(Username::parse(&typed));
        }
    }
}
