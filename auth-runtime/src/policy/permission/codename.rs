//! The names of permissions that are granted: `blog.change_note`.

/// The longest model, in bytes: its codenames fit a [`Codename`].
const MAX_MODEL: usize = 120;
/// The longest codename, in bytes.
const MAX_CODENAME: usize = 255;

/// Returns whether `text` is the name of a model: `app.model`, both of lower-case letters, digits and underscores. At most 120
/// bytes.
///
/// ```
/// # use auth_runtime::permission::is_model;
/// assert!(is_model("blog.note"));
/// assert!(!is_model("note") && !is_model("Blog.Note") && !is_model("blog.note.line"));
/// ```
pub const fn is_model(text: &str) -> bool {
    is_pair(text, false, MAX_MODEL)
}

/// Returns whether `text` is the name of a permission: `app.permission`, both of letters, digits, underscores and dashes. At
/// most 255 bytes.
///
/// ```
/// # use auth_runtime::permission::is_codename;
/// assert!(is_codename("blog.publish_note"));
/// assert!(!is_codename("publish_note") && !is_codename("blog.") && !is_codename("blog.publish note"));
/// ```
pub const fn is_codename(text: &str) -> bool {
    is_pair(text, true, MAX_CODENAME)
}

/// Returns whether the text is two words with one dot between them.
const fn is_pair(text: &str, every_letter: bool, longest: usize) -> bool {
    let bytes = text.as_bytes();
    let (mut at, mut dots) = (0, 0);
    while at < bytes.len() {
        match bytes[at] {
            b'a'..=b'z' | b'0'..=b'9' | b'_' => {}
            b'A'..=b'Z' | b'-' if every_letter => {}
            b'.' if at > 0 && at + 1 < bytes.len() => dots += 1,
            _ => return false,
        }
        at += 1;
    }
    dots == 1 && bytes.len() <= longest
}

/// An action on objects of a model.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Action {
    Add,
    Change,
    Delete,
    View,
}

impl Action {
    fn prefix(self) -> &'static str {
        match self {
            Self::Add => "add_",
            Self::Change => "change_",
            Self::Delete => "delete_",
            Self::View => "view_",
        }
    }
}

/// The codename of an action on a model, built without an allocation.
pub(super) struct Codename {
    bytes: [u8; MAX_MODEL + 8],
    length: usize,
}

impl Codename {
    /// Builds `blog.add_note` for `blog.note`. `None` means that `model` is not the name of a model.
    pub(super) fn of(model: &str, action: Action) -> Option<Self> {
        if !is_model(model) {
            return None;
        }
        let (app, name) = model.split_once('.')?;
        let mut codename = Self { bytes: [0; MAX_MODEL + 8], length: 0 };
        for part in [app, ".", action.prefix(), name] {
            let end = codename.length + part.len();
            codename.bytes.get_mut(codename.length..end)?.copy_from_slice(part.as_bytes());
            codename.length = end;
        }
        Some(codename)
    }

    pub(super) fn as_str(&self) -> &str {
        // It was concatenated from valid text.
        std::str::from_utf8(&self.bytes[..self.length]).unwrap_or_default()
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn a_model_is_two_words_in_lower_case() {
        let longest = format!("a.{}", "b".repeat(118));
        for good in ["blog.note", "a.b", "_.0", "blog_2.note_line", &longest] {
            assert!(is_model(good) && is_codename(good), "{good}");
        }
        let too_long = format!("{longest}b");
        for bad in
            ["", ".", "blog", ".note", "blog.", "a.b.c", "a..b", "Blog.note", "blog.é", "a b.c", "a-b.c", &too_long]
        {
            assert!(!is_model(bad), "{bad}");
        }
        assert!(is_codename("Blog.publish-Note"));
        assert!(!is_codename(&format!("a.{}", "b".repeat(254))));
    }

    proptest! {
        #[test]
        fn a_codename_has_the_action_between_both_words(app in "[a-z0-9_]{1,59}", name in "[a-z0-9_]{1,59}") {
            let model = format!("{app}.{name}");
            for (action, word) in
                [(Action::Add, "add"), (Action::Change, "change"), (Action::Delete, "delete"), (Action::View, "view")]
            {
                let codename = Codename::of(&model, action).unwrap();
                prop_assert_eq!(codename.as_str(), format!("{app}.{word}_{name}"));
                prop_assert!(is_codename(codename.as_str()));
            }
        }

        #[test]
        fn invalid_model_has_no_codenames(text in ".{0,140}") {
            prop_assert_eq!(Codename::of(&text, Action::View).is_some(), is_model(&text));
        }
    }
}
