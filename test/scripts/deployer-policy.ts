/** What somebody who deploys must be allowed for one type of resource. */
interface Need {
  readonly actions: readonly string[];
  /** The ARNs, with `*` for region and account; everything of the product begins with its name. */
  readonly on: readonly string[];
  readonly condition?: Readonly<Record<string, Readonly<Record<string, string>>>>;
}

const FUNCTIONS = ['arn:aws:lambda:*:*:function:matrixone-cdc-*'];
const ROLES = ['arn:aws:iam::*:role/matrixone-cdc-*'];
const APIS = ['arn:aws:apigateway:*::/apis', 'arn:aws:apigateway:*::/apis/*', 'arn:aws:apigateway:*::/tags/*'];
const BUCKETS = ['arn:aws:s3:::matrixone-cdc-*'];
const API = { actions: ['DELETE', 'GET', 'PATCH', 'POST', 'PUT'].map((verb) => `apigateway:${verb}`), on: APIS };

const of = (service: string, names: string): string[] => names.split(' ').map((name) => `${service}:${name}`);

/**
 * By the type of resource in the template. test/e2e/package.test.ts fails if the template has a type that is missing
 * here, or lacks one that is here.
 */
export const NEEDS: Readonly<Record<string, readonly Need[]>> = {
  'AWS::ApiGatewayV2::Api': [API],
  'AWS::ApiGatewayV2::Authorizer': [API],
  'AWS::ApiGatewayV2::Integration': [API],
  'AWS::ApiGatewayV2::Route': [API],
  'AWS::ApiGatewayV2::Stage': [API],
  'AWS::CloudWatch::Alarm': [
    {
      actions: of('cloudwatch', 'PutMetricAlarm DeleteAlarms TagResource UntagResource ListTagsForResource'),
      on: ['arn:aws:cloudwatch:*:*:alarm:matrixone-cdc-*'],
    },
    { actions: ['cloudwatch:DescribeAlarms'], on: ['*'] },
  ],
  'AWS::CloudWatch::Dashboard': [
    {
      actions: of('cloudwatch', 'PutDashboard DeleteDashboards GetDashboard'),
      on: ['arn:aws:cloudwatch::*:dashboard/matrixone-cdc-*'],
    },
  ],
  'AWS::DynamoDB::Table': [
    {
      actions: of(
        'dynamodb',
        'CreateTable UpdateTable DeleteTable Describe* UpdateContinuousBackups GetResourcePolicy TagResource UntagResource ListTagsOfResource',
      ),
      on: ['arn:aws:dynamodb:*:*:table/matrixone-cdc-*'],
    },
  ],
  'AWS::Events::Rule': [
    {
      actions: of(
        'events',
        'PutRule DeleteRule DescribeRule PutTargets RemoveTargets ListTargetsByRule TagResource UntagResource ListTagsForResource',
      ),
      on: ['arn:aws:events:*:*:rule/matrixone-cdc-*'],
    },
  ],
  'AWS::IAM::Policy': [{ actions: of('iam', 'PutRolePolicy DeleteRolePolicy GetRolePolicy'), on: ROLES }],
  'AWS::IAM::Role': [
    {
      actions: of(
        'iam',
        'CreateRole DeleteRole GetRole UpdateRole UpdateAssumeRolePolicy PutRolePolicy DeleteRolePolicy GetRolePolicy ListRolePolicies ListAttachedRolePolicies TagRole UntagRole',
      ),
      on: ROLES,
    },
    {
      actions: ['iam:PassRole'],
      on: ROLES,
      condition: { StringEquals: { 'iam:PassedToService': 'lambda.amazonaws.com' } },
    },
    {
      actions: of('iam', 'AttachRolePolicy DetachRolePolicy'),
      on: ROLES,
      condition: {
        ArnLike: { 'iam:PolicyARN': 'arn:aws:iam::aws:policy/service-role/AWSLambdaVPCAccessExecutionRole' },
      },
    },
  ],
  'AWS::Lambda::EventInvokeConfig': [
    {
      actions: of(
        'lambda',
        'PutFunctionEventInvokeConfig UpdateFunctionEventInvokeConfig DeleteFunctionEventInvokeConfig',
      ),
      on: FUNCTIONS,
    },
  ],
  'AWS::Lambda::Function': [
    {
      actions: of(
        'lambda',
        'CreateFunction UpdateFunctionCode UpdateFunctionConfiguration DeleteFunction Get* List* PutFunctionConcurrency DeleteFunctionConcurrency TagResource UntagResource',
      ),
      on: FUNCTIONS,
    },
    // With `network` `private`.
    { actions: of('ec2', 'DescribeSecurityGroups DescribeSubnets DescribeVpcs'), on: ['*'] },
  ],
  'AWS::Lambda::Permission': [{ actions: of('lambda', 'AddPermission RemovePermission'), on: FUNCTIONS }],
  'AWS::Logs::LogGroup': [
    {
      actions: of(
        'logs',
        'CreateLogGroup DeleteLogGroup PutRetentionPolicy DeleteRetentionPolicy TagResource UntagResource ListTagsForResource',
      ),
      on: ['arn:aws:logs:*:*:log-group:/aws/lambda/matrixone-cdc-*'],
    },
    { actions: ['logs:DescribeLogGroups'], on: ['*'] },
  ],
  'AWS::S3::Bucket': [
    {
      actions: of(
        's3',
        'CreateBucket DeleteBucket ListBucket ListBucketVersions GetBucket* PutBucketPublicAccessBlock PutBucketTagging PutEncryptionConfiguration GetEncryptionConfiguration',
      ),
      on: BUCKETS,
    },
    // serverless brings the functions' code by it.
    {
      actions: of('s3', 'GetObject PutObject DeleteObject DeleteObjectVersion'),
      on: ['arn:aws:s3:::matrixone-cdc-*/*'],
    },
  ],
  'AWS::S3::BucketPolicy': [{ actions: of('s3', 'PutBucketPolicy GetBucketPolicy DeleteBucketPolicy'), on: BUCKETS }],
  'AWS::SQS::Queue': [
    {
      actions: of(
        'sqs',
        'CreateQueue DeleteQueue GetQueueAttributes SetQueueAttributes GetQueueUrl TagQueue UntagQueue ListQueueTags',
      ),
      on: ['arn:aws:sqs:*:*:matrixone-cdc-*'],
    },
  ],
};

/** What `serverless` itself asks for. */
const BY_SERVERLESS: readonly Need[] = [
  {
    actions: of(
      'cloudformation',
      'CreateStack UpdateStack DeleteStack CreateChangeSet DescribeChangeSet ExecuteChangeSet DeleteChangeSet Describe* ListStackResources GetTemplate',
    ),
    on: ['arn:aws:cloudformation:*:*:stack/matrixone-cdc-*'],
  },
  { actions: ['cloudformation:ValidateTemplate'], on: ['*'] },
];

/** The rights to deploy, change and remove the product: one statement for each set of ARNs and conditions. */
export function deployerPolicy(): object {
  const grouped = new Map<string, { need: Need; actions: Set<string> }>();
  for (const need of [...BY_SERVERLESS, ...Object.values(NEEDS).flat()]) {
    const key = JSON.stringify([need.on, need.condition]);
    const group = grouped.get(key) ?? { need, actions: new Set<string>() };
    for (const action of need.actions) group.actions.add(action);
    grouped.set(key, group);
  }
  const Statement = [...grouped.values()].map(({ need, actions }) => ({
    Effect: 'Allow',
    Action: [...actions].sort(),
    Resource: need.on.length === 1 ? need.on[0] : need.on,
    ...(need.condition === undefined ? {} : { Condition: need.condition }),
  }));
  return { Version: '2012-10-17', Statement };
}
