/** List prices in US dollars, without free tiers and discounts. */
export interface Prices {
  readonly lambdaGbSecond: number;
  readonly lambdaMillion: number;
  readonly writeMillion: number;
  readonly readMillion: number;
  readonly httpApiMillion: number;
  readonly logsGb: number;
  readonly metricMonth: number;
  readonly alarmMonth: number;
  readonly secretMonth: number;
  readonly secretReadsTenThousand: number;
  readonly natHour: number;
  readonly natGb: number;
  readonly endpointHour: number;
  readonly endpointGb: number;
  readonly instanceHour: number;
  readonly diskGbMonth: number;
  readonly addressHour: number;
}

export const REGIONS = ['us-east-1', 'eu-central-1'] as const;
export type Region = (typeof REGIONS)[number];

/** One price: what it is for, in each region, where it was read and when. */
interface PriceRow {
  readonly what: string;
  readonly in: readonly [usEast1: number, euCentral1: number];
  readonly source: string;
}

const FRANKFURT = 'Frankfurt: from memory, on no page that we could read';
const AWS = 'https://aws.amazon.com';

/** The prices of both regions. After a change: `npm run docs`. */
export const PRICES: Readonly<Record<keyof Prices, PriceRow>> = {
  lambdaGbSecond: {
    what: 'Lambda on arm64, a GB-second',
    in: [0.0000133334, 0.0000133334],
    source: `[Lambda](${AWS}/lambda/pricing/), by a copy of 2024; ${FRANKFURT}`,
  },
  lambdaMillion: {
    what: 'Lambda, 1 million requests',
    in: [0.2, 0.2],
    source: `[Lambda](${AWS}/lambda/pricing/), by a copy of 2024; ${FRANKFURT}`,
  },
  writeMillion: {
    what: 'DynamoDB on demand, 1 million write units',
    in: [0.625, 0.7625],
    source: `[DynamoDB](${AWS}/dynamodb/pricing/on-demand/) since November 2024, by an article of July 2025; ${FRANKFURT}`,
  },
  readMillion: {
    what: 'DynamoDB on demand, 1 million read units',
    in: [0.125, 0.1525],
    source: `[DynamoDB](${AWS}/dynamodb/pricing/on-demand/) since November 2024, by an article of July 2025; ${FRANKFURT}`,
  },
  httpApiMillion: {
    what: 'API Gateway, HTTP API, 1 million requests',
    in: [1, 1.2],
    source: `[API Gateway](${AWS}/api-gateway/pricing/), 2026-09-20; ${FRANKFURT}`,
  },
  logsGb: {
    what: 'CloudWatch Logs, 1 GB taken in',
    in: [0.5, 0.63],
    source: `[CloudWatch](${AWS}/cloudwatch/pricing/), by an article of 2026; ${FRANKFURT}`,
  },
  metricMonth: {
    what: 'CloudWatch, a metric of our own, a month',
    in: [0.3, 0.3],
    source: `[CloudWatch](${AWS}/cloudwatch/pricing/), by an article of February 2026; ${FRANKFURT}`,
  },
  alarmMonth: {
    what: 'CloudWatch, an alarm, a month',
    in: [0.1, 0.1],
    source: `[CloudWatch](${AWS}/cloudwatch/pricing/), from memory`,
  },
  secretMonth: {
    what: 'Secrets Manager, a secret, a month',
    in: [0.4, 0.4],
    source: `[Secrets Manager](${AWS}/secrets-manager/pricing/), 2026-09-20; ${FRANKFURT}`,
  },
  secretReadsTenThousand: {
    what: 'Secrets Manager, 10,000 reads',
    in: [0.05, 0.05],
    source: `[Secrets Manager](${AWS}/secrets-manager/pricing/), 2026-09-20; ${FRANKFURT}`,
  },
  natHour: {
    what: 'NAT gateway, an hour',
    in: [0.045, 0.052],
    source: `[VPC](${AWS}/vpc/pricing/), by articles of 2026 (Frankfurt there: 0.048 to 0.052)`,
  },
  natGb: {
    what: 'NAT gateway, 1 GB',
    in: [0.045, 0.052],
    source: `[VPC](${AWS}/vpc/pricing/), by articles of 2026 (Frankfurt there: 0.048 to 0.052)`,
  },
  endpointHour: {
    what: 'interface endpoint, an hour in a zone',
    in: [0.01, 0.012],
    source: `[PrivateLink](${AWS}/privatelink/pricing/), by an article of May 2026; ${FRANKFURT}`,
  },
  endpointGb: {
    what: 'interface endpoint, 1 GB',
    in: [0.01, 0.01],
    source: `[PrivateLink](${AWS}/privatelink/pricing/), by a copy without a date`,
  },
  instanceHour: {
    what: 'EC2, a t4g.small, an hour',
    in: [0.0168, 0.0192],
    source: `[EC2](${AWS}/ec2/pricing/on-demand/), from memory`,
  },
  diskGbMonth: {
    what: 'EBS gp3, 1 GB, a month',
    in: [0.08, 0.0952],
    source: `[EBS](${AWS}/ebs/pricing/), from memory`,
  },
  addressHour: {
    what: 'public IPv4 address, an hour',
    in: [0.005, 0.005],
    source: `[VPC](${AWS}/vpc/pricing/), by an article of February 2026`,
  },
};

/** A DMS capacity unit, an hour: lowest and highest in the source. */
export const DCU_HOUR = {
  in: [0.2, 0.25],
  source: `"typically $0.20 to $0.25", by an article of a third party of May 2026; [DMS](${AWS}/dms/pricing/) has the price`,
} as const;

export const pricesIn = (region: Region): Prices => {
  const at = REGIONS.indexOf(region);
  return Object.fromEntries(
    Object.entries(PRICES).map(([name, price]) => [name, price.in[at] ?? NaN]),
  ) as unknown as Prices;
};
