//! Reads the arguments and parameters of a handler from its signature.

use syn::visit::Visit;
use syn::{FnArg, GenericParam, Ident, ItemFn, PatType, Path, Type};

use crate::attribute::is_lint;

/// Returns the arguments except `self`.
pub(super) fn arguments(function: &ItemFn) -> impl Iterator<Item = &PatType> {
    function.sig.inputs.iter().filter_map(|input| match input {
        FnArg::Typed(argument) => Some(argument),
        FnArg::Receiver(_) => None,
    })
}

/// Returns whether no attribute can remove the argument. `cfg` and `cfg_attr` can, and unknown ones might.
pub(super) fn is_always_there(argument: &PatType) -> bool {
    argument.attrs.iter().all(is_lint)
}

/// Returns whether the type is called `CsrfForm`.
pub(super) fn is_csrf_form(ty: &Type) -> bool {
    matches!(ty, Type::Path(path) if path.path.segments.last().is_some_and(|last| last.ident == "CsrfForm"))
}

/// Returns the `T` of the only type `State<T>` among the arguments, as axum's `debug_handler` takes it.
pub(super) fn state_argument(function: &ItemFn) -> Option<Type> {
    let mut states = arguments(function).filter(|argument| is_always_there(argument)).filter_map(|argument| {
        let Type::Path(path) = &*argument.ty else { return None };
        let last = path.path.segments.last().filter(|last| last.ident == "State")?;
        let syn::PathArguments::AngleBracketed(arguments) = &last.arguments else { return None };
        match arguments.args.first() {
            Some(syn::GenericArgument::Type(state)) if arguments.args.len() == 1 => Some(state.clone()),
            _ => None,
        }
    });
    let first = states.next()?;
    states.all(|other| other == first).then_some(first)
}

fn type_parameters(function: &ItemFn) -> Vec<&Ident> {
    let parameters = function.sig.generics.params.iter();
    parameters
        .filter_map(|parameter| if let GenericParam::Type(ty) = parameter { Some(&ty.ident) } else { None })
        .collect()
}

/// Finds a path that begins with a name.
struct Names<'a> {
    wanted: &'a Ident,
    found: bool,
}

impl Visit<'_> for Names<'_> {
    fn visit_path(&mut self, path: &Path) {
        self.found |= path.segments.first().is_some_and(|first| first.ident == *self.wanted);
        syn::visit::visit_path(self, path);
    }
}

/// Returns whether the type names a type parameter of the handler.
pub(super) fn names_parameter(ty: &Type, function: &ItemFn) -> bool {
    type_parameters(function).into_iter().any(|wanted| {
        let mut names = Names { wanted, found: false };
        names.visit_type(ty);
        names.found
    })
}

/// Returns the type parameters of the handler that the path names.
pub(super) fn parameters_of(path: &Path, function: &ItemFn) -> Vec<Ident> {
    let mut parameters = type_parameters(function);
    parameters.retain(|wanted| {
        let mut names = Names { wanted, found: false };
        names.visit_path(path);
        names.found
    });
    parameters.into_iter().cloned().collect()
}
