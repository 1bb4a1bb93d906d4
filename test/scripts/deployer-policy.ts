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
const API = {
  actions: ['DELETE', 'GET', 'PATCH', 'POST', 'PUT', 'TagResource', 'UntagResource'].map(
    (verb) => `apigateway:${verb}`,
  ),
  on: APIS,
};

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
  'AWS::ApiGatewayV2::Stage': [
    API,
    // The stage writes an access log: API Gateway has CloudWatch Logs deliver it, with the rights of who asks for it.
    { actions: of('logs', '*LogDeliver* PutResourcePolicy DescribeResourcePolicies'), on: ['*'] },
  ],
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
    { actions: of('ec2', 'DescribeSecurityGroups DescribeSubnets DescribeVpcs DescribeNetworkInterfaces'), on: ['*'] },
  ],
  'AWS::Lambda::Permission': [{ actions: of('lambda', 'AddPermission RemovePermission'), on: FUNCTIONS }],
  'AWS::Logs::LogGroup': [
    {
      actions: of(
        'logs',
        'CreateLogGroup DeleteLogGroup PutRetentionPolicy DeleteRetentionPolicy GetDataProtectionPolicy TagResource UntagResource ListTagsForResource',
      ),
      on: ['lambda', 'http-api'].map((kind) => `arn:aws:logs:*:*:log-group:/aws/${kind}/matrixone-cdc-*`),
    },
    { actions: of('logs', 'DescribeLogGroups DescribeIndexPolicies'), on: ['*'] },
  ],
  'AWS::S3::Bucket': [
    {
      actions: of(
        's3',
        'CreateBucket DeleteBucket ListBucket ListBucketVersions ListTagsForResource Get* PutBucketPublicAccessBlock PutBucketTagging TagResource UntagResource PutEncryptionConfiguration',
      ),
      on: BUCKETS,
    },
    // serverless brings the functions' code by it.
    {
      actions: of('s3', 'GetObject GetObjectVersion PutObject DeleteObject DeleteObjectVersion'),
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

const KEYS = 'nothing here names a key of KMS; for keys of AWS, their own policies allow it';
const COPIES = 'the table has no replicas, streams, imports or policies of its own';

/**
 * Rights that the handlers of a type may use by AWS's schemas, and that are not given, with the reason. `*` stands for any
 * text. test/e2e/deployer-policy.test.ts fails for one that is neither given nor here, and for one that is not needed here.
 */
export const NOT_GIVEN: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  'AWS::DynamoDB::Table': {
    'kms:*': KEYS,
    'dynamodb:*TimeToLive': 'no item expires',
    'dynamodb:*ContributorInsights': 'not switched on',
    'dynamodb:*KinesisStreamingDestination': COPIES,
    'dynamodb:ImportTable': COPIES,
    'dynamodb:*ResourcePolicy': COPIES,
    'dynamodb:*TableReplica': COPIES,
    'dynamodb:*Item': COPIES,
    'dynamodb:Scan': COPIES,
    'dynamodb:Query': COPIES,
    'kinesis:*': COPIES,
    'logs:*': COPIES,
    'iam:CreateServiceLinkedRole': COPIES,
  },
  'AWS::IAM::Policy': {
    'iam:*UserPolicy': 'the policies belong to roles',
    'iam:*GroupPolicy': 'the policies belong to roles',
  },
  'AWS::IAM::Role': {
    'iam:UpdateRoleDescription': 'no role has a description',
    'iam:*RolePermissionsBoundary': 'no role has a boundary',
  },
  'AWS::Lambda::Function': {
    'kms:*': KEYS,
    'elasticfilesystem:*': 'no function mounts a file system',
    's3files:*': 'no function mounts a file system',
    'lambda:PutRuntimeManagementConfig': 'the runtime is updated as Lambda does by default',
    'lambda:PutFunctionRecursionConfig': 'by default',
    'lambda:PutFunctionScalingConfig': 'by default',
    'lambda:*FunctionCodeSigningConfig': 'the code is not signed',
    'lambda:PassCapacityProvider': 'no function has instances of its own',
    'lambda:AssociateRuntimeAlias': 'the runtime is that of AWS',
    'lambda:PublishVersion': 'functions have no versions',
  },
  'AWS::Logs::LogGroup': {
    'logs:*DataProtectionPolicy': 'no group has one',
    'logs:*IndexPolicy': 'no group has one',
    'logs:DeleteResourcePolicy': 'no group has one of its own',
    'logs:*KmsKey': KEYS,
    'logs:PutLogGroupDeletionProtection': 'by default',
    'logs:PutBearerTokenAuthentication': 'by default',
    's3:REST.PUT.OBJECT': 'logs are delivered to a log group',
    'firehose:*': 'logs are delivered to a log group',
  },
  'AWS::S3::Bucket': {
    's3:Put*': 'the bucket has its defaults, besides those that are given',
    's3:Delete*': 'the bucket has its defaults, besides those that are given',
    's3:*MetadataTableConfiguration': 'by default',
    's3:UpdateBucketMetadata*': 'by default',
    's3tables:*': 'by default',
  },
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
