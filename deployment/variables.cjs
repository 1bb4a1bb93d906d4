'use strict';

/**
 * Values that serverless.yml takes by `${file(deployment/variables.cjs):settings}`. Serverless runs CommonJS only; what
 * the values are is in the other files of this directory.
 */
const withoutTrace = (values) => async (context) => {
  try {
    return await values(context);
  } catch (error) {
    // Serverless prints the trace if there is one. The message says all that an operator needs.
    if (error?.name === 'DeploymentError') error.stack = error.message;
    throw error;
  }
};

module.exports = {
  settings: withoutTrace(async ({ options, resolveVariable, resolveConfigurationProperty }) => {
    const { settingsFor } = await import('./settings.ts');
    const declared = await resolveConfigurationProperty(['params']);
    return settingsFor({ options, declared, env: process.env, valueOf: resolveVariable });
  }),
  region: withoutTrace(async ({ options }) => {
    const { regionFor } = await import('./region.ts');
    return regionFor(options, process.env);
  }),
};
