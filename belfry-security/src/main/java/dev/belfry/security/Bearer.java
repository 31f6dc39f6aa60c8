package dev.belfry.security;

import dev.belfry.Permissions;

/** Whoever carries a good token, and what that allows. */
public record Bearer(VerifiedToken token, Permissions permissions) {}
