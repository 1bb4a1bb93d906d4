/**
 * Keywords and functions whose result depends on their arguments only, not on a query, a file, the time or chance. An
 * expression with any other word is not copied.
 */
const KEYWORDS =
  'and or not xor is in like between null true false div mod case when then else end as binary collate utf8mb4_bin escape interval';
const TYPES =
  'signed unsigned int integer bigint smallint tinyint decimal float double char varchar text date time datetime timestamp bool json';
const UNITS = 'microsecond second minute hour day week month quarter year';
const NUMBERS =
  'abs ceil ceiling floor round truncate sign mod pow power sqrt exp ln log log2 log10 sin cos tan asin acos atan radians degrees pi greatest least';
const TEXTS =
  'concat concat_ws length char_length character_length lower lcase upper ucase trim ltrim rtrim left right substring substr substring_index replace repeat reverse lpad rpad instr locate position space ascii hex unhex oct bin startswith endswith md5 sha1 sha2 crc32 from for both leading trailing';
const OTHERS =
  'cast convert coalesce ifnull nullif if isnull json_extract json_unquote json_valid date_add date_sub date_format datediff dayofmonth dayofweek dayofyear extract last_day str_to_date to_days unix_timestamp weekday';

/** Further words of a partitioning. */
const OF_PARTITIONS = 'hash key range list columns linear algorithm values less than maxvalue';

const wordsOf = (...lists: readonly string[]): ReadonlySet<string> => new Set(lists.flatMap((list) => list.split(' ')));

export const HARMLESS_WORDS = wordsOf(KEYWORDS, TYPES, UNITS, NUMBERS, TEXTS, OTHERS);
export const PARTITION_WORDS = wordsOf(OF_PARTITIONS);
