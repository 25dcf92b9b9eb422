//! The form of all settings: a getter and a `with_` setter.

/// Gives a field its getter and its setter.
macro_rules! setting {
    ($(#[$doc:meta])* $field:ident, $with:ident, $type:ty) => {
        $(#[$doc])*
        pub fn $field(&self) -> &$type {
            &self.$field
        }

        #[doc = concat!("Replaces [`", stringify!($field), "`](Self::", stringify!($field), ").")]
        #[must_use]
        pub fn $with(mut self, $field: $type) -> Self {
            self.$field = $field;
            self
        }
    };
}

pub(crate) use setting;
