# What the set-up of acme/infra and acme-lab, acme-ml still lacks. Read it; then run it, or `slipway bootstrap --run`.

# acme-lab: APIs that Slipway cannot switch on for itself
gcloud services enable iam.googleapis.com iamcredentials.googleapis.com sts.googleapis.com --project acme-lab

# acme-lab: the planner, slipway-planner
gcloud iam service-accounts create slipway-planner --project acme-lab --display-name 'Slipway, plans'

# acme-lab: the applier, slipway-applier
gcloud iam service-accounts create slipway-applier --project acme-lab --display-name 'Slipway, applies'

# acme-lab: a role for the DNS endpoint of clusters, which asks for one permission more
gcloud iam roles create slipwayConnect \
  --project acme-lab \
  --title 'Slipway: reach clusters' \
  --permissions container.clusters.connect \
  --stage GA

# acme-lab: roles of the planner, which reads, and of the applier, which may give away only what its condition names
gcloud projects add-iam-policy-binding acme-lab \
  --member serviceAccount:slipway-planner@acme-lab.iam.gserviceaccount.com \
  --role roles/browser \
  --condition None
gcloud projects add-iam-policy-binding acme-lab \
  --member serviceAccount:slipway-planner@acme-lab.iam.gserviceaccount.com \
  --role roles/serviceusage.serviceUsageViewer \
  --condition None
gcloud projects add-iam-policy-binding acme-lab \
  --member serviceAccount:slipway-planner@acme-lab.iam.gserviceaccount.com \
  --role roles/iam.securityReviewer \
  --condition None
gcloud projects add-iam-policy-binding acme-lab \
  --member serviceAccount:slipway-planner@acme-lab.iam.gserviceaccount.com \
  --role roles/compute.viewer \
  --condition None
gcloud projects add-iam-policy-binding acme-lab \
  --member serviceAccount:slipway-planner@acme-lab.iam.gserviceaccount.com \
  --role roles/cloudsql.viewer \
  --condition None
gcloud projects add-iam-policy-binding acme-lab \
  --member serviceAccount:slipway-planner@acme-lab.iam.gserviceaccount.com \
  --role roles/secretmanager.viewer \
  --condition None
gcloud projects add-iam-policy-binding acme-lab \
  --member serviceAccount:slipway-planner@acme-lab.iam.gserviceaccount.com \
  --role roles/container.viewer \
  --condition None
gcloud projects add-iam-policy-binding acme-lab \
  --member serviceAccount:slipway-planner@acme-lab.iam.gserviceaccount.com \
  --role projects/acme-lab/roles/slipwayConnect \
  --condition None
gcloud projects add-iam-policy-binding acme-lab \
  --member serviceAccount:slipway-applier@acme-lab.iam.gserviceaccount.com \
  --role roles/serviceusage.serviceUsageAdmin \
  --condition None
gcloud projects add-iam-policy-binding acme-lab \
  --member serviceAccount:slipway-applier@acme-lab.iam.gserviceaccount.com \
  --role roles/iam.serviceAccountAdmin \
  --condition None
gcloud projects add-iam-policy-binding acme-lab \
  --member serviceAccount:slipway-applier@acme-lab.iam.gserviceaccount.com \
  --role roles/compute.loadBalancerAdmin \
  --condition None
gcloud projects add-iam-policy-binding acme-lab \
  --member serviceAccount:slipway-applier@acme-lab.iam.gserviceaccount.com \
  --role roles/cloudsql.admin \
  --condition None
gcloud projects add-iam-policy-binding acme-lab \
  --member serviceAccount:slipway-applier@acme-lab.iam.gserviceaccount.com \
  --role roles/secretmanager.admin \
  --condition None
gcloud projects add-iam-policy-binding acme-lab \
  --member serviceAccount:slipway-applier@acme-lab.iam.gserviceaccount.com \
  --role roles/container.admin \
  --condition None
gcloud projects add-iam-policy-binding acme-lab \
  --member serviceAccount:slipway-applier@acme-lab.iam.gserviceaccount.com \
  --role roles/resourcemanager.projectIamAdmin \
  --condition "^;^title=slipway-grants;expression=api.getAttribute('iam.googleapis.com/modifiedGrantsByRole', []).hasOnly(['roles/viewer'])"

# acme-lab: the pool of identities from outside
gcloud iam workload-identity-pools create slipway --project acme-lab --location global --display-name Slipway

# acme-lab: the provider, which tells plan and apply apart by what GitHub signs
gcloud iam workload-identity-pools providers create-oidc github \
  --project acme-lab \
  --location global --workload-identity-pool slipway \
  --display-name 'GitHub, slipway' \
  --issuer-uri https://token.actions.githubusercontent.com \
  --attribute-mapping "^;^google.subject=assertion.repository_id + ':' + assertion.run_id;attribute.slipway=assertion.job_workflow_ref in ['slipway-dev/slipway/.github/workflows/apply.yml@0123456789012345678901234567890123456789'] ? 'apply' : 'plan'" \
  --attribute-condition "assertion.repository_id == '700001' && assertion.repository_owner_id == '5870357' && (assertion.job_workflow_ref in ['slipway-dev/slipway/.github/workflows/apply.yml@0123456789012345678901234567890123456789'] ? assertion.ref == 'refs/heads/main' && assertion.event_name in ['push', 'workflow_dispatch'] && assertion.environment in ['lab'] : assertion.event_name in ['pull_request', 'merge_group', 'workflow_dispatch'] && assertion.workflow_ref.startsWith('acme/infra/.github/workflows/slipway.yml@'))"

# acme-lab: jobs of the repository that may act as slipway-planner@acme-lab.iam.gserviceaccount.com
gcloud iam service-accounts add-iam-policy-binding slipway-planner@acme-lab.iam.gserviceaccount.com \
  --project acme-lab \
  --member principalSet://iam.googleapis.com/projects/210987654321/locations/global/workloadIdentityPools/slipway/attribute.slipway/plan \
  --role roles/iam.workloadIdentityUser \
  --condition None

# acme-lab: jobs of the repository that may act as slipway-applier@acme-lab.iam.gserviceaccount.com
gcloud iam service-accounts add-iam-policy-binding slipway-applier@acme-lab.iam.gserviceaccount.com \
  --project acme-lab \
  --member principalSet://iam.googleapis.com/projects/210987654321/locations/global/workloadIdentityPools/slipway/attribute.slipway/apply \
  --role roles/iam.workloadIdentityUser \
  --condition None

# acme-ml: APIs that Slipway cannot switch on for itself
gcloud services enable iam.googleapis.com iamcredentials.googleapis.com sts.googleapis.com --project acme-ml

# acme-ml: the planner, slipway-planner
gcloud iam service-accounts create slipway-planner --project acme-ml --display-name 'Slipway, plans'

# acme-ml: the applier, slipway-applier
gcloud iam service-accounts create slipway-applier --project acme-ml --display-name 'Slipway, applies'

# acme-ml: a role for the DNS endpoint of clusters, which asks for one permission more
gcloud iam roles create slipwayConnect \
  --project acme-ml \
  --title 'Slipway: reach clusters' \
  --permissions container.clusters.connect \
  --stage GA

# acme-ml: roles of the planner, which reads, and of the applier, which may give away only what its condition names
gcloud projects add-iam-policy-binding acme-ml \
  --member serviceAccount:slipway-planner@acme-ml.iam.gserviceaccount.com \
  --role roles/browser \
  --condition None
gcloud projects add-iam-policy-binding acme-ml \
  --member serviceAccount:slipway-planner@acme-ml.iam.gserviceaccount.com \
  --role roles/serviceusage.serviceUsageViewer \
  --condition None
gcloud projects add-iam-policy-binding acme-ml \
  --member serviceAccount:slipway-planner@acme-ml.iam.gserviceaccount.com \
  --role roles/iam.securityReviewer \
  --condition None
gcloud projects add-iam-policy-binding acme-ml \
  --member serviceAccount:slipway-planner@acme-ml.iam.gserviceaccount.com \
  --role roles/compute.viewer \
  --condition None
gcloud projects add-iam-policy-binding acme-ml \
  --member serviceAccount:slipway-planner@acme-ml.iam.gserviceaccount.com \
  --role roles/cloudsql.viewer \
  --condition None
gcloud projects add-iam-policy-binding acme-ml \
  --member serviceAccount:slipway-planner@acme-ml.iam.gserviceaccount.com \
  --role roles/secretmanager.viewer \
  --condition None
gcloud projects add-iam-policy-binding acme-ml \
  --member serviceAccount:slipway-planner@acme-ml.iam.gserviceaccount.com \
  --role roles/container.viewer \
  --condition None
gcloud projects add-iam-policy-binding acme-ml \
  --member serviceAccount:slipway-planner@acme-ml.iam.gserviceaccount.com \
  --role projects/acme-ml/roles/slipwayConnect \
  --condition None
gcloud projects add-iam-policy-binding acme-ml \
  --member serviceAccount:slipway-applier@acme-ml.iam.gserviceaccount.com \
  --role roles/serviceusage.serviceUsageAdmin \
  --condition None
gcloud projects add-iam-policy-binding acme-ml \
  --member serviceAccount:slipway-applier@acme-ml.iam.gserviceaccount.com \
  --role roles/iam.serviceAccountAdmin \
  --condition None
gcloud projects add-iam-policy-binding acme-ml \
  --member serviceAccount:slipway-applier@acme-ml.iam.gserviceaccount.com \
  --role roles/compute.loadBalancerAdmin \
  --condition None
gcloud projects add-iam-policy-binding acme-ml \
  --member serviceAccount:slipway-applier@acme-ml.iam.gserviceaccount.com \
  --role roles/cloudsql.admin \
  --condition None
gcloud projects add-iam-policy-binding acme-ml \
  --member serviceAccount:slipway-applier@acme-ml.iam.gserviceaccount.com \
  --role roles/secretmanager.admin \
  --condition None
gcloud projects add-iam-policy-binding acme-ml \
  --member serviceAccount:slipway-applier@acme-ml.iam.gserviceaccount.com \
  --role roles/container.admin \
  --condition None
gcloud projects add-iam-policy-binding acme-ml \
  --member serviceAccount:slipway-applier@acme-ml.iam.gserviceaccount.com \
  --role roles/resourcemanager.projectIamAdmin \
  --condition "^;^title=slipway-grants;expression=api.getAttribute('iam.googleapis.com/modifiedGrantsByRole', []).hasOnly(['roles/cloudsql.client', 'roles/viewer'])"

# acme-ml: the pool of identities from outside
gcloud iam workload-identity-pools create slipway --project acme-ml --location global --display-name Slipway

# acme-ml: the provider, which tells plan and apply apart by what GitHub signs
gcloud iam workload-identity-pools providers create-oidc github \
  --project acme-ml \
  --location global --workload-identity-pool slipway \
  --display-name 'GitHub, slipway' \
  --issuer-uri https://token.actions.githubusercontent.com \
  --attribute-mapping "^;^google.subject=assertion.repository_id + ':' + assertion.run_id;attribute.slipway=assertion.job_workflow_ref in ['slipway-dev/slipway/.github/workflows/apply.yml@0123456789012345678901234567890123456789'] ? 'apply' : 'plan'" \
  --attribute-condition "assertion.repository_id == '700001' && assertion.repository_owner_id == '5870357' && (assertion.job_workflow_ref in ['slipway-dev/slipway/.github/workflows/apply.yml@0123456789012345678901234567890123456789'] ? assertion.ref == 'refs/heads/main' && assertion.event_name in ['push', 'workflow_dispatch'] && assertion.environment in ['prod', 'staging'] : assertion.event_name in ['pull_request', 'merge_group', 'workflow_dispatch'] && assertion.workflow_ref.startsWith('acme/infra/.github/workflows/slipway.yml@'))"

# acme-ml: jobs of the repository that may act as slipway-planner@acme-ml.iam.gserviceaccount.com
gcloud iam service-accounts add-iam-policy-binding slipway-planner@acme-ml.iam.gserviceaccount.com \
  --project acme-ml \
  --member principalSet://iam.googleapis.com/projects/123456789012/locations/global/workloadIdentityPools/slipway/attribute.slipway/plan \
  --role roles/iam.workloadIdentityUser \
  --condition None

# acme-ml: jobs of the repository that may act as slipway-applier@acme-ml.iam.gserviceaccount.com
gcloud iam service-accounts add-iam-policy-binding slipway-applier@acme-ml.iam.gserviceaccount.com \
  --project acme-ml \
  --member principalSet://iam.googleapis.com/projects/123456789012/locations/global/workloadIdentityPools/slipway/attribute.slipway/apply \
  --role roles/iam.workloadIdentityUser \
  --condition None

# the GitHub environment lab: who approves, and which branches it is for
gh api --method PUT repos/acme/infra/environments/lab --input - <<'EOF'
{
  "wait_timer": 0,
  "prevent_self_review": false,
  "reviewers": [
    {
      "type": "Team",
      "id": 3652747
    },
    {
      "type": "User",
      "id": 6578801
    }
  ],
  "deployment_branch_policy": {
    "protected_branches": false,
    "custom_branch_policies": true
  }
}
EOF

# the GitHub environment lab: for main
gh api --method POST repos/acme/infra/environments/lab/deployment-branch-policies --input - <<'EOF'
{
  "name": "main"
}
EOF

# the GitHub environment prod: who approves, and which branches it is for
gh api --method PUT repos/acme/infra/environments/prod --input - <<'EOF'
{
  "wait_timer": 0,
  "prevent_self_review": false,
  "reviewers": [
    {
      "type": "Team",
      "id": 3652747
    },
    {
      "type": "User",
      "id": 6578801
    }
  ],
  "deployment_branch_policy": {
    "protected_branches": false,
    "custom_branch_policies": true
  }
}
EOF

# the GitHub environment prod: for main
gh api --method POST repos/acme/infra/environments/prod/deployment-branch-policies --input - <<'EOF'
{
  "name": "main"
}
EOF

# the GitHub environment staging: who approves, and which branches it is for
gh api --method PUT repos/acme/infra/environments/staging --input - <<'EOF'
{
  "wait_timer": 0,
  "prevent_self_review": false,
  "reviewers": [
    {
      "type": "Team",
      "id": 3652747
    },
    {
      "type": "User",
      "id": 6578801
    }
  ],
  "deployment_branch_policy": {
    "protected_branches": false,
    "custom_branch_policies": true
  }
}
EOF

# the GitHub environment staging: for main
gh api --method POST repos/acme/infra/environments/staging/deployment-branch-policies --input - <<'EOF'
{
  "name": "main"
}
EOF

# the default branch: pull requests, reviews by code owners, the check "plan / slipway", no bypass
gh api --method POST repos/acme/infra/rulesets --input - <<'EOF'
{
  "name": "slipway",
  "target": "branch",
  "enforcement": "active",
  "bypass_actors": [],
  "conditions": {
    "ref_name": {
      "include": [
        "~DEFAULT_BRANCH"
      ],
      "exclude": []
    }
  },
  "rules": [
    {
      "type": "deletion"
    },
    {
      "type": "non_fast_forward"
    },
    {
      "type": "pull_request",
      "parameters": {
        "required_approving_review_count": 1,
        "dismiss_stale_reviews_on_push": true,
        "require_code_owner_review": true,
        "require_last_push_approval": false,
        "required_review_thread_resolution": false
      }
    },
    {
      "type": "required_status_checks",
      "parameters": {
        "strict_required_status_checks_policy": false,
        "required_status_checks": [
          {
            "context": "plan / slipway",
            "integration_id": 15368
          }
        ]
      }
    }
  ]
}
EOF

# Commit as .github/CODEOWNERS:
#     /.github/       @acme/platform @alice
#     /environments/  @acme/platform @alice

# Commit as .github/slipway.yaml:
#     projects:
#       acme-lab:
#         provider: projects/210987654321/locations/global/workloadIdentityPools/slipway/providers/github
#         planner: slipway-planner@acme-lab.iam.gserviceaccount.com
#         applier: slipway-applier@acme-lab.iam.gserviceaccount.com
#       acme-ml:
#         provider: projects/123456789012/locations/global/workloadIdentityPools/slipway/providers/github
#         planner: slipway-planner@acme-ml.iam.gserviceaccount.com
#         applier: slipway-applier@acme-ml.iam.gserviceaccount.com

# There is more that is wrong; `slipway doctor` says what, and how to mend it.
