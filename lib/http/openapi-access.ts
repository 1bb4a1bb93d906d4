/** Where the API is, for the OpenAPI document. */
export const SERVER = {
  url: 'https://{api}.execute-api.{region}.amazonaws.com',
  description: 'A deployment to AWS. `npx serverless info` prints its address',
  variables: {
    api: { default: 'api', description: 'The id that API Gateway gave the deployment' },
    region: { default: 'eu-central-1', description: 'The region of the deployment' },
  },
};

/** How callers prove who they are, by the values of the deployment's parameter `auth`. */
export const SECURITY_SCHEMES = {
  aws_iam: {
    type: 'apiKey',
    in: 'header',
    name: 'Authorization',
    description: 'The signature of AWS credentials (Signature Version 4, service execute-api)',
    'x-amazon-apigateway-authtype': 'awsSigv4',
  },
  jwt: { type: 'http', scheme: 'bearer', bearerFormat: 'JWT', description: 'A token of the issuer of the deployment' },
};
