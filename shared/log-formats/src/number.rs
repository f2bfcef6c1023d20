/// An unsigned decimal number; `None` for anything else, and for more than 19 digits.
pub(crate) fn unsigned(bytes: &[u8]) -> Option<u64> {
    if bytes.is_empty() || bytes.len() > 19 {
        return None;
    }
    let mut value = 0u64;
    for &byte in bytes {
        let digit = byte.wrapping_sub(b'0');
        if digit > 9 {
            return None;
        }
        value = value * 10 + u64::from(digit);
    }
    Some(value)
}

/// Bytes of one request or answer: `None` for a petabyte and more, which none has. Sums of
/// what a log claims must not overflow.
pub(crate) fn bytes(bytes: &[u8]) -> Option<u64> {
    unsigned(bytes).filter(|bytes| *bytes < 1 << 50)
}

/// A number that fits a smaller type.
pub(crate) fn small<T: TryFrom<u64>>(bytes: &[u8]) -> Option<T> {
    T::try_from(unsigned(bytes)?).ok()
}

/// Seconds such as `0.012` as microseconds. `-1`, `-` and nonsense are `None`; more than
/// 71 minutes is as much as 71 minutes.
pub(crate) fn seconds_as_us(bytes: &[u8]) -> Option<u32> {
    Some(u32::try_from(scaled(bytes, 6)?).unwrap_or(u32::MAX))
}

/// A decimal number with a point, times a power of ten; digits beyond it are cut off.
pub(crate) fn scaled(bytes: &[u8], decimals: u32) -> Option<u64> {
    let mut value = 0u64;
    let mut missing = None;
    if bytes.is_empty() || bytes.len() > 19 {
        return None;
    }
    for &byte in bytes {
        if byte == b'.' && missing.is_none() {
            missing = Some(decimals);
            continue;
        }
        let digit = byte.wrapping_sub(b'0');
        if digit > 9 {
            return None;
        }
        match &mut missing {
            None => {}
            Some(0) => continue,
            Some(left) => *left -= 1,
        }
        value = value.checked_mul(10)?.checked_add(u64::from(digit))?;
    }
    value.checked_mul(10u64.pow(missing.unwrap_or(decimals)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_read_and_nonsense_is_not() {
        assert_eq!(unsigned(b"0"), Some(0));
        assert_eq!(unsigned(b"18446744073709551615"), None);
        assert_eq!(unsigned(b"12x"), None);
        assert_eq!(small::<u16>(b"70000"), None);
    }

    #[test]
    fn seconds_become_microseconds() {
        assert_eq!(seconds_as_us(b"0.000001"), Some(1));
        assert_eq!(seconds_as_us(b"1.5"), Some(1_500_000));
        assert_eq!(seconds_as_us(b"12"), Some(12_000_000));
        assert_eq!(seconds_as_us(b"0.1234567"), Some(123_456));
        assert_eq!(seconds_as_us(b"-1"), None);
        assert_eq!(seconds_as_us(b"1.2.3"), None);
        assert_eq!(seconds_as_us(b"99999999"), Some(u32::MAX));
    }
}
