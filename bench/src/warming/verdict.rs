//! Whether a figure is as wanted.

/// `met`, or that it is not: the figure may be as high as the goal.
pub(super) fn at_most(figure: f64, goal: f64) -> &'static str {
    if figure <= goal { "met" } else { "MISSED" }
}

/// `met`, or that it is not.
pub(super) const fn holds(is_so: bool) -> &'static str {
    if is_so { "met" } else { "MISSED" }
}

/// A ratio; a dash where there is nothing to compare with.
pub(super) fn ratio(of: f64, to: f64) -> String {
    if to > 0.0 {
        format!("{:.2}", of / to)
    } else {
        "–".to_owned()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_goal_may_be_reached_and_what_is_no_number_misses_it() {
        assert_eq!(at_most(1.15, 1.15), "met");
        assert_eq!(at_most(1.16, 1.15), "MISSED");
        assert_eq!(at_most(f64::NAN, 1.15), "MISSED");
    }

    #[test]
    fn nothing_is_divided_by_nothing() {
        assert_eq!(ratio(3.0, 2.0), "1.50");
        assert_eq!(ratio(3.0, 0.0), "–");
    }
}
