//! What is within parentheses, or within the invisible ones around a fragment of `macro_rules!`.

use syn::{Expr, Type};

pub(crate) fn inner(expression: &Expr) -> &Expr {
    match expression {
        Expr::Group(group) => inner(&group.expr),
        Expr::Paren(parentheses) => inner(&parentheses.expr),
        other => other,
    }
}

pub(crate) fn inner_type(ty: &Type) -> &Type {
    match ty {
        Type::Group(group) => inner_type(&group.elem),
        Type::Paren(parentheses) => inner_type(&parentheses.elem),
        other => other,
    }
}
