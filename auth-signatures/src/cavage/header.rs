//! The parameters of `Signature` (draft-cavage-http-signatures-12 section 2.1).

/// The maximum length of the parameters, in bytes.
const MAX_LENGTH: usize = 8192;

/// The maximum number of names that a signature may cover.
pub(super) const MAX_NAMES: usize = 32;

/// The parameters of a request's signature.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Parameters<'a> {
    pub(super) key_id: &'a str,
    pub(super) algorithm: Option<&'a str>,
    pub(super) names: Vec<&'a str>,
    /// The signature, which should be base64.
    pub(super) signature: &'a str,
    pub(super) created: Option<&'a str>,
    pub(super) expires: Option<&'a str>,
}

/// What is wrong with the parameters. Logged, never sent.
pub(super) type Fault = &'static str;

impl<'a> Parameters<'a> {
    /// Parses `keyId="..",algorithm="..",headers="..",signature=".."` in any order. `algorithm` and `headers` are optional.
    pub(super) fn parse(text: &'a str) -> Result<Self, Fault> {
        if text.len() > MAX_LENGTH {
            return Err("the parameters are too long");
        }
        let [mut key_id, mut algorithm, mut names, mut signature, mut created, mut expires] = [None; 6];
        let mut rest = text.trim();
        while !rest.is_empty() {
            let (name, value, after) = parameter(rest)?;
            rest = after;
            let place = match name {
                "keyId" => &mut key_id,
                "algorithm" => &mut algorithm,
                "headers" => &mut names,
                "signature" => &mut signature,
                "created" => &mut created,
                "expires" => &mut expires,
                _ => continue,
            };
            if place.replace(value).is_some() {
                return Err("a parameter stands twice");
            }
        }
        Ok(Self {
            key_id: key_id.filter(|id| !id.is_empty()).ok_or("`keyId` is missing")?,
            algorithm,
            names: covered(names.unwrap_or("date"))?,
            signature: signature.ok_or("`signature` is missing")?,
            created,
            expires,
        })
    }
}

/// Parses one `name="value"` or `name=digits`, and returns it with the text after its comma.
fn parameter(text: &str) -> Result<(&str, &str, &str), Fault> {
    let (name, rest) = text.split_once('=').ok_or("a parameter has no value")?;
    let (value, rest) = match rest.strip_prefix('"') {
        Some(quoted) => quoted.split_once('"').ok_or("a quote is not closed")?,
        None => rest.split_at(rest.find([',', ' ', '\t', '"']).unwrap_or(rest.len())),
    };
    if value.contains('\\') {
        return Err("a value has an escape, which no parameter needs");
    }
    let rest = rest.trim_start();
    let rest = match rest.strip_prefix(',') {
        Some(more) if more.trim().is_empty() => return Err("a comma stands at the end"),
        Some(more) => more.trim_start(),
        None if rest.is_empty() => rest,
        None => return Err("there is something between two parameters"),
    };
    Ok((name.trim(), value, rest))
}

/// Returns the names that a signature covers. A duplicate is an error.
fn covered(names: &str) -> Result<Vec<&str>, Fault> {
    let mut covered = Vec::with_capacity(8);
    for name in names.split(' ') {
        if name.is_empty() || name.bytes().any(|byte| byte.is_ascii_uppercase()) {
            return Err("a name is empty or not in lower case");
        }
        if covered.contains(&name) {
            return Err("a name stands twice");
        }
        if covered.len() == MAX_NAMES {
            return Err("there are too many names");
        }
        covered.push(name);
    }
    Ok(covered)
}
