//! Numbers and rows ("Record Format").

/// A value of a row.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) enum Value<'a> {
    /// An integer.
    Integer(i64),
    /// Bytes of text, in the database's encoding.
    Text(&'a [u8]),
    /// Bytes.
    Blob(&'a [u8]),
    /// Nothing, or a number with a fraction, which no column asked for has.
    Other,
}

/// A number of one to nine bytes, seven bits each and eight of the ninth, and how many it takes.
pub(super) fn varint(bytes: &[u8]) -> Option<(u64, usize)> {
    let mut value = 0_u64;
    for (at, byte) in bytes.iter().take(9).enumerate() {
        if at == 8 {
            return Some((value << 8 | u64::from(*byte), 9));
        }
        value = value << 7 | u64::from(byte & 0x7f);
        if byte & 0x80 == 0 {
            return Some((value, at + 1));
        }
    }
    None
}

/// The value of a column, counted from 0; none where the row has no such column or ends before.
pub(super) fn column(payload: &[u8], wanted: usize) -> Option<Value<'_>> {
    let (length, used) = varint(payload)?;
    let length = usize::try_from(length).ok()?;
    let mut types = payload.get(used..length)?;
    let mut rest = payload.get(length..)?;
    for at in 0.. {
        let (kind, used) = varint(types)?;
        types = types.get(used..)?;
        let width = match kind {
            0 | 8 | 9 => 0,
            1..=4 => usize::try_from(kind).ok()?,
            5 => 6,
            6 | 7 => 8,
            10 | 11 => return None,
            _ => usize::try_from((kind - 12) / 2).ok()?,
        };
        let (value, behind) = rest.split_at_checked(width)?;
        rest = behind;
        if at == wanted {
            return Some(match kind {
                1..=6 => Value::Integer(integer(value)),
                8 => Value::Integer(0),
                9 => Value::Integer(1),
                0 | 7 => Value::Other,
                _ if kind % 2 == 0 => Value::Blob(value),
                _ => Value::Text(value),
            });
        }
    }
    None
}

/// A signed integer, most significant byte first.
fn integer(bytes: &[u8]) -> i64 {
    let sign = if bytes.first().is_some_and(|byte| byte & 0x80 != 0) { -1 } else { 0 };
    bytes.iter().fold(sign, |value, byte| value << 8 | i64::from(*byte))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_of_variable_length() {
        // From the text of the format: the low seven bits of eight bytes and all of the ninth.
        assert_eq!(varint(&[0x7f]), Some((127, 1)));
        assert_eq!(varint(&[0x81, 0x00]), Some((128, 2)));
        assert_eq!(varint(&[0xff; 9]), Some((u64::MAX, 9)));
        assert_eq!(varint(&[0x81]), None);
        assert_eq!(varint(&[]), None);
    }

    #[test]
    fn columns_of_a_row() {
        // A row of (NULL, 'ab', x'0102', -2, 300, 1, 2.0).
        let mut row = vec![8, 0, 17, 16, 1, 2, 9, 7];
        row.extend(*b"ab\x01\x02\xfe\x01\x2c");
        row.extend(2.0_f64.to_be_bytes());
        assert_eq!(column(&row, 0), Some(Value::Other));
        assert_eq!(column(&row, 1), Some(Value::Text(b"ab")));
        assert_eq!(column(&row, 2), Some(Value::Blob(&[1, 2])));
        assert_eq!(column(&row, 3), Some(Value::Integer(-2)));
        assert_eq!(column(&row, 4), Some(Value::Integer(300)));
        assert_eq!(column(&row, 5), Some(Value::Integer(1)));
        assert_eq!(column(&row, 6), Some(Value::Other));
        assert_eq!(column(&row, 7), None);
        assert_eq!(column(&row[..9], 1), None, "the row is cut off");
    }
}
