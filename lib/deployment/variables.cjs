'use strict';

/** Serverless prints the trace if there is one. The message says all that an operator needs. */
const withoutTrace = (error) => Object.assign(error, { stack: error.message });

/**
 * A value that serverless.yml takes by `${file(lib/deployment/variables.cjs):settings}`. Serverless runs CommonJS only; how
 * the values come about is in the other files of this directory.
 */
const variable = (valueIn) => async (context) => {
  const { features, versions } = process;
  if (!features.typescript) {
    const advice = '`npx serverless`, after `npm ci`, takes the one that the project brings.';
    throw withoutTrace(new Error(`Node ${versions.node} is too old. ${advice}`));
  }
  try {
    return await valueIn(context);
  } catch (error) {
    throw error?.name === 'DeploymentError' ? withoutTrace(error) : error;
  }
};

module.exports = {
  settings: variable(async ({ options, resolveVariable, resolveConfigurationProperty }) => {
    const { settingsFor } = await import('./settings.ts');
    const declared = await resolveConfigurationProperty(['params']);
    return settingsFor({ options, declared, env: process.env, valueOf: resolveVariable });
  }),
  region: variable(async ({ options }) => {
    const { regionFor } = await import('./region.ts');
    return regionFor(options, process.env);
  }),
};
