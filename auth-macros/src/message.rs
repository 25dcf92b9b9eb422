//! Every message of the macros. Each says what is wrong, then what to do; each occurs in a case of `ui-tests`.

pub(crate) const ALONE_PERMIT: &str =
    "`#[permit]` does nothing without `#[authenticate]` above it; write `#[authenticate(..)]` on the line before";
pub(crate) const ALONE_THROTTLE: &str =
    "`#[throttle]` does nothing without `#[authenticate]` above it; write `#[authenticate(..)]` on the line before";
pub(crate) const AUTH_OF_GENERIC_POLICY: &str =
    "the credentials of a generic policy cannot be picked; write the schemes out, or take the user alone";
pub(crate) const AUTH_WITHOUT_STATE: &str = "to pick credentials out of a named policy its state must be known; add \
     `state = ..` to `#[authenticate]`, or take a `State<..>` argument";
pub(crate) const BOTH_MARKS: &str = "an argument is either `#[user]` or `#[auth]`; take two arguments";
pub(crate) const BY_CFG_ATTR: &str =
    "who may come in cannot depend on `cfg_attr`; write two handlers, each with `#[cfg(..)]` and attributes of its own";
pub(crate) const CHALLENGES_ELSEWHERE: &str = "`challenges` belongs to the policy that is named; set it there, or write \
     the schemes out here";
pub(crate) const CHALLENGES_VALUE: &str =
    "`challenges` has two values; write `challenges = first` or `challenges = all`";
pub(crate) const CRATE_IN_SCHEME: &str =
    "`crate` stands beside the schemes; write `#[authenticate(Token, crate = ::auth_runtime)]`";
pub(crate) const CRATE_PATH: &str = "`crate` must be an absolute path; write `crate = ::auth_runtime` for a dependency \
     or `crate = crate::path` for a module of this crate";
pub(crate) const CSRF_VALUE: &str = "`csrf` has three values; write `csrf = cookie` for a cookie, `csrf = browser` for what a browser \
     may send by itself, or `csrf = false` for what it never does";
pub(crate) const DERIVE_CHALLENGE_TEXT: &str =
    "a challenge begins with a keyword and has no control characters; write one as in `challenge = \"ApiKey\"`";
pub(crate) const DERIVE_CHAIN: &str =
    "a chain makes a policy, not a scheme; write `#[derive(Policy)]` and `#[policy(chain(..))]`";
pub(crate) const DERIVE_CSRF_WITH_WRAPS: &str =
    "requests are checked for forgery as those of the wrapped scheme; remove `csrf`";
pub(crate) const DERIVE_EMPTY_CHAIN: &str = "name the schemes of the chain, as in `chain(Token, Session)`";
pub(crate) const DERIVE_FIELD_DEFAULT: &str = "an option needs a value for where `#[authenticate]` does not set it; add \
     `#[authenticator(default = ..)]`";
pub(crate) const DERIVE_GENERICS: &str = "a scheme is a constant and cannot be generic; remove the parameters";
pub(crate) const DERIVE_MAP_WITHOUT_USER: &str = "`map_user` needs the type it maps to; add `user = ..`";
pub(crate) const DERIVE_MAP_WITHOUT_WRAPS: &str =
    "`map_user` maps the user of another scheme; add `wraps(..)` with that scheme";
pub(crate) const DERIVE_NOT_NAMED: &str = "the options of a scheme have names; write `struct Name { option: Type }`";
pub(crate) const DERIVE_NOT_STRUCT: &str = "a scheme is a struct, since its options are fields; make it one";
pub(crate) const DERIVE_ONE_WRAPPED: &str = "`wraps` takes one scheme, such as `wraps(Token(keyword = \"Bearer\"))`";
pub(crate) const DERIVE_POLICY_KEY: &str = "a scheme does not have this; write it on the handler, or on a struct with `#[derive(Policy)]`, as in \
     `#[policy(chain(..), permit(..), throttle(..))]`";
pub(crate) const DERIVE_SOURCE_WITHOUT_VERIFY: &str =
    "nothing verifies what is read; add `verify = ..` with an async function";
pub(crate) const DERIVE_SOURCE_NAME: &str =
    "no header or cookie can have this name; use letters, digits and dashes, as in `header = \"X-Api-Key\"`";
pub(crate) const DERIVE_TWO_SOURCES: &str =
    "a scheme reads one place: `header`, `cookie` or `query`; make a second scheme for the other";
pub(crate) const DERIVE_VERIFY_WITHOUT_SOURCE: &str = "`verify` has nothing to verify; say where the credentials stand \
     with `header = \"..\"`, `cookie = \"..\"` or `query = \"..\"`";
pub(crate) const DERIVE_VERIFY_WITHOUT_USER: &str =
    "`verify` needs a user type; add `user = ..`, or `state = ..` for the user of that state's backend";
pub(crate) const DERIVE_WRAPS_WITHOUT_MAP: &str =
    "a wrapped scheme is the scheme itself unless its user is mapped; add `map_user = ..` and `user = ..`";
pub(crate) const EMPTY_PERMIT: &str =
    "name a permission, such as `#[permit(IsAuthenticated)]`; `#[permit(AllowAny)]` lets everybody in";
pub(crate) const EMPTY_THROTTLE: &str =
    "say how much, such as `#[throttle(user = \"1000/day\", anon = \"20/hour\")]`, or remove the attribute";
pub(crate) const HANDLERS_ARGS: &str =
    "`#[handlers]` takes no arguments; write them in the `#[authenticate]` of each method";
pub(crate) const HANDLERS_NONE: &str =
    "no method of this block has `#[authenticate]`; add it to one, or remove `#[handlers]`";
pub(crate) const HANDLERS_NOT_IMPL: &str =
    "`#[handlers]` goes on an `impl` block; on a function write `#[authenticate(..)]`";
pub(crate) const HANDLERS_RENAMED: &str = "`#[handlers]` finds `#[authenticate]` by its name, whatever the path, and this has another; write `#[authenticate(..)]`";
pub(crate) const HANDLERS_SELF: &str = "`Self` is not known where the chain is built; write the type's name";
pub(crate) const MARK_AMONG_SCHEMES: &str =
    "an argument of the handler takes the caller; write `#[user] me: Account` or `#[auth] token: AccessToken` there";
pub(crate) const MARK_BESIDE: &str = "who may come in cannot depend on this attribute: beside `#[user]` or `#[auth]` stand \
     lints alone, such as `#[allow(..)]`; put `#[cfg(..)]` on the whole handler, and write one for each configuration";
pub(crate) const MARK_ARGS: &str = "this mark takes no arguments; write `#[user]` or `#[auth]` alone";
pub(crate) const MARK_ON_HANDLER: &str =
    "this marks an argument; write `#[user] me: Account` or `#[auth] token: AccessToken` in the list of arguments";
pub(crate) const NONE_WITH_ARGUMENT: &str = "`none` ignores credentials, so that there is nobody to take; remove the \
     argument, or name a scheme";
pub(crate) const NONE_WITH_OTHERS: &str =
    "`none` stands alone, since it ignores credentials; remove it, or what stands beside it";
pub(crate) const NOT_A_FUNCTION: &str = "`#[authenticate]` goes on a handler, which is a function; on an `impl` block write `#[handlers]`, and this on its methods";
pub(crate) const NOT_ASYNC: &str = "a handler is an `async fn`; add `async`";
pub(crate) const ON_ARGUMENT: &str = "this stands on a handler, not on an argument; write it above the `fn`";
pub(crate) const OPTION_SYNTAX: &str = "expected an option of the scheme, as in `Token(keyword = \"Bearer\")`";
pub(crate) const PERMISSION_SYNTAX: &str = "expected a permission, as in `IsStaff`, `HasPermission(codename = \"blog.change_note\")`, or several \
     of them with `&`, `|`, `!` and parentheses";
pub(crate) const PERMIT_ABOVE: &str =
    "write `#[permit]` below `#[authenticate]`: the attribute that stands first reads the others";
pub(crate) const PERMIT_ALL: &str = "all permissions of the list must hold; write `#[permit(A, B)]`, without brackets";
pub(crate) const PERMIT_AMONG_SCHEMES: &str = "a permission is not a scheme; write `#[permit(..)]` below `#[authenticate(..)]`, or `permit(..)` beside `chain(..)`";
pub(crate) const PERMIT_ANY: &str = "one of several permissions is enough with `|`; write `#[permit(A | B)]`";
pub(crate) const PERMIT_DOUBLE: &str = "`&&` and `||` are for values; combine permissions with `&` and `|`";
pub(crate) const PERMIT_NOT: &str = "a permission is negated with `!`; write `#[permit(!A)]`";
pub(crate) const PERMIT_OPTION: &str =
    "`#[permit]` has no options; write this in `#[authenticate(..)]`, or in the parentheses of a permission";
pub(crate) const PERMIT_RENAMED: &str =
    "`#[authenticate]` finds `#[permit]` by its name, whatever the path, and this has another; write `#[permit(..)]`";
pub(crate) const PERMIT_TWICE: &str = "a handler has one `#[permit]`; list all permissions in the first one";
pub(crate) const POLICY_FIELDS: &str = "a policy has no options; write `struct Name;`";
pub(crate) const POLICY_GENERICS: &str = "a policy cannot be generic; remove the parameters";
pub(crate) const POLICY_NOT_STRUCT: &str = "a policy is a unit struct; write `struct Name;`";
pub(crate) const POLICY_VALUE: &str = "expected the name of a policy, as in `policy = Api`";
pub(crate) const POLICY_WITHOUT_CHAIN: &str =
    "a policy has a chain; add `#[policy(chain(..))]` with the schemes, as in `#[policy(chain(Token, Session))]`";
pub(crate) const POLICY_WITH_SCHEMES: &str =
    "`policy` names a chain that is complete; remove the schemes, or write all of them out here";
pub(crate) const REFERENCE: &str = "an extractor gives the value away; take it without `&`";
pub(crate) const SCOPE_SYNTAX: &str =
    "a scope has a name and a rate; write `scope(name = \"uploads\", rate = \"10/minute\")`";
pub(crate) const SCHEMES_AS_LIST: &str =
    "a chain is a list, and asks its schemes in order; write `Token, Session`, with commas and without brackets";
pub(crate) const SCHEME_SYNTAX: &str =
    "expected a scheme, as in `Session` or `Token(keyword = \"Bearer\")`, or an option, as in `state = App`";
pub(crate) const SELF_ARGUMENT: &str =
    "a handler takes no `self`; take what it needs from the router state with `State<..>`";
pub(crate) const STATE_VALUE: &str = "expected the type of the router state, as in `state = App`";
pub(crate) const TEXT_VALUE: &str = "expected a text in quotes, as in `header = \"X-Api-Key\"`";
pub(crate) const THROTTLE_ABOVE: &str =
    "write `#[throttle]` below `#[authenticate]`: the attribute that stands first reads the others";
pub(crate) const THROTTLE_AMONG_PERMISSIONS: &str =
    "a throttle is not a permission; write `#[throttle(..)]` on a line of its own";
pub(crate) const THROTTLE_AMONG_SCHEMES: &str = "a rate is not an option of the chain; write `#[throttle(..)]` below `#[authenticate(..)]`, or `throttle(..)` beside `chain(..)`";
pub(crate) const THROTTLE_NONE: &str =
    "`none` stands alone, since it means no throttle at all; remove it, or the others";
pub(crate) const THROTTLE_RENAMED: &str = "`#[authenticate]` finds `#[throttle]` by its name, whatever the path, and this has another; write `#[throttle(..)]`";
pub(crate) const THROTTLE_SYNTAX: &str = "expected a rate, as in `user = \"1000/day\"`, a scope, as in \
     `scope(name = \"uploads\", rate = \"10/minute\")`, or a throttle of your own";
pub(crate) const THROTTLE_TWICE: &str = "a handler has one `#[throttle]`; list all throttles in the first one";
pub(crate) const TOO_MANY_ARGUMENTS: &str =
    "axum's handlers take at most 16 arguments, and `#[authenticate]` adds one; combine two of them in one extractor";
pub(crate) const TOO_MANY_PERMISSIONS: &str = "a list has at most 8 permissions; combine some of them with `&`";
pub(crate) const TOO_MANY_SCHEMES: &str = "a chain has at most 8 schemes; remove some of them";
pub(crate) const TWICE_APART: &str = "this scheme stands twice in the chain, apart, so that its credentials cannot be \
     picked; write both beside each other, or take no `#[auth]` argument";
pub(crate) const TYPE_VALUE: &str = "expected a type, as in `user = Account`; one with parameters goes in quotes, as in \
     `user = \"Vec<Account>\"`";
pub(crate) const TWO_AUTHENTICATE: &str = "a handler has one `#[authenticate]`; list all schemes in the first one";
pub(crate) const UNKNOWN_MARK: &str =
    "no mark of an argument has this name, and nothing else says who may come in; write `#[user]` or `#[auth]`";
pub(crate) const UNREAD_CALLER: &str = "nothing is done with the caller: add `#[permit(..)]` to say who may come in, or \
     take the caller in an argument, such as `#[user] me: Account`";
pub(crate) const VERIFY_VALUE: &str = "expected the path of a function, as in `verify = find_partner`";

/// The keys that are allowed beside the schemes.
pub(crate) const OPTION_KEYS: [&str; 4] = ["challenges", "crate", "policy", "state"];

/// The message for an unknown attribute.
pub(crate) fn unread_caller_beside(attribute: &str) -> String {
    format!(
        "nothing is done with the caller: add `#[permit(..)]` to say who may come in, or take the caller in an argument, such \
         as `#[user] me: Account`; if `#[{attribute}]` is `permit` under another name, write `permit`"
    )
}

pub(crate) fn second_mark(mark: &str) -> String {
    format!("a handler has one `#[{mark}]` argument; this is the second, remove one of them")
}

pub(crate) fn second_option(key: &str) -> String {
    format!("`{key}` is set twice; remove one of them")
}

pub(crate) fn collision(first: &str, second: &str) -> String {
    format!(
        "`{second}` reads the same credentials as `{first}` and would never be asked; remove one of them, or let it read \
         something else"
    )
}

pub(crate) fn unknown_option(key: &str) -> String {
    format!(
        "`{key}` is not an option of `#[authenticate]`, which has `challenges`, `crate`, `policy` and `state`; write an option of a \
         scheme in its parentheses, as in `Token(keyword = \"Bearer\")`"
    )
}
