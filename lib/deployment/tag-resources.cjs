'use strict';

/** Tags of these are one object; those of all others are a list. */
const AS_OBJECT = new Set(['AWS::ApiGatewayV2::Api', 'AWS::ApiGatewayV2::Stage']);

/** What can be tagged. Serverless itself tags functions, the API, its stage and the bucket only. */
const AS_LIST = new Set([
  'AWS::CloudWatch::Alarm',
  'AWS::CloudWatch::Dashboard',
  'AWS::DynamoDB::Table',
  'AWS::Events::Rule',
  'AWS::IAM::Role',
  'AWS::Lambda::Function',
  'AWS::Logs::LogGroup',
  'AWS::S3::Bucket',
  'AWS::SQS::Queue',
]);

/** A plugin of Serverless that puts the tags of serverless.yml (`provider.tags`) on every resource that takes tags. */
module.exports = class TagResources {
  constructor(serverless) {
    this.hooks = {
      'after:aws:package:finalize:mergeCustomProviderResources': () => {
        const { compiledCloudFormationTemplate: template, tags } = serverless.service.provider;
        for (const resource of Object.values(template.Resources)) tagResource(resource, tags);
      },
    };
  }
};

function tagResource(resource, tags) {
  if (AS_OBJECT.has(resource.Type)) resource.Properties.Tags = { ...tags, ...resource.Properties.Tags };
  if (!AS_LIST.has(resource.Type)) return;
  const own = resource.Properties.Tags ?? [];
  const missing = Object.entries(tags).filter(([key]) => !own.some(({ Key }) => Key === key));
  resource.Properties.Tags = [...own, ...missing.map(([Key, Value]) => ({ Key, Value }))];
}
