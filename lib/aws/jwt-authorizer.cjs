'use strict';

/** The characters of a scope (RFC 6749). No token has a scope with others. */
const SCOPE = /^[\x21\x23-\x5b\x5d-\x7e]+$/u;

/**
 * The authorizer of the routes in serverless.yml if `auth` is jwt. Variables of serverless.yml cannot split a text.
 */
module.exports = async ({ resolveVariable }) => {
  const given = await resolveVariable('param:jwtScopes');
  const scopes = (Array.isArray(given) ? given : String(given).split(/[\s,]+/u)).filter((scope) => scope !== '');
  const wrong = scopes.find((scope) => !SCOPE.test(scope));
  // A wrong scope that was ignored would let in everybody with a token.
  if (wrong !== undefined) throw new Error(`jwtScopes: ${JSON.stringify(wrong)} is no scope.`);
  return { name: 'jwt', ...(scopes.length === 0 ? {} : { scopes }) };
};
