'use strict';

/** What a scope may have (RFC 6749): nothing else would ever be in a token. */
const SCOPE = /^[\x21\x23-\x5b\x5d-\x7e]+$/u;

/** The authorizer of the routes in serverless.yml, where `auth` is jwt. Variables of its own cannot take a text apart. */
module.exports = async ({ resolveVariable }) => {
  const given = await resolveVariable('param:jwtScopes');
  const scopes = (Array.isArray(given) ? given : String(given).split(/[\s,]+/u)).filter((scope) => scope !== '');
  const wrong = scopes.find((scope) => !SCOPE.test(scope));
  // A deployment that asks for nothing by mistake would let everybody in who has a token.
  if (wrong !== undefined) throw new Error(`jwtScopes: ${JSON.stringify(wrong)} is no scope.`);
  return { name: 'jwt', ...(scopes.length === 0 ? {} : { scopes }) };
};
